/** The SDP in a message's body, alone or as a part of it, and putting another in its place. */
import { HeaderKind } from './headerKind.ts';
import { mediaTypeOf } from './headerValues.ts';
import type { SipMessage } from './message.ts';
import { parseMultipart } from './multipart.ts';

export interface SdpBody {
  readonly text: string;
  /** Offsets in the message's text. */
  readonly start: number;
  readonly end: number;
  /** A piece of an SDP with ICE candidates (RFC 8840). */
  readonly isFragment: boolean;
}

const fragmentType = 'application/trickle-ice-sdpfrag';

/** undefined when there is no body, or none of a fitting type. */
export function sdpBodyOf(message: SipMessage): SdpBody | undefined {
  const { bodyStart: start, bodyEnd: end, text } = message;
  if (end <= start) return undefined;
  const type = message.has(HeaderKind.contentType) ? mediaTypeOf(message) : 'application/sdp';
  if (type === undefined) return undefined;
  if (type === 'application/sdp' || type === fragmentType)
    return { text: text.slice(start, end), start, end, isFragment: type === fragmentType };
  const contentType = type.startsWith('multipart/') ? message.value(HeaderKind.contentType) : undefined;
  if (contentType === undefined) return undefined;
  const part = parseMultipart(text, contentType, start, end)?.find(
    ({ mediaType }) => mediaType === 'application/sdp' || mediaType === fragmentType,
  );
  if (part === undefined) return undefined;
  const { body, bodyStart, end: partEnd, mediaType } = part;
  return { text: body, start: bodyStart, end: partEnd, isFragment: mediaType === fragmentType };
}

/** The new SDP instead of the received one, and of what was put there before. */
export function replaceSdp(message: SipMessage, body: SdpBody, sdp: string): void {
  message.edits.revokeWhere(
    (edit) => edit.start >= body.start && edit.end <= body.end && edit.end > edit.start,
  );
  message.edits.replace(body.start, body.end, sdp);
}

/** Puts a line (with CRLF) behind the one that ends at `at`; the last one of a part or body may lack its own end. */
export function insertSdpLine(message: SipMessage, at: number, line: string): void {
  if (message.text[at - 1] === '\n') message.edits.insert(at, line);
  else if (message.text.startsWith('\r\n', at)) message.edits.insert(at + 2, line);
  else message.edits.insert(at, `\r\n${line.slice(0, -2)}`);
}
