import { HeaderKind } from '../../sip/headerKind.ts';
import { mediaType } from '../../sip/headerValues.ts';
import type { SipMessage } from '../../sip/message.ts';
import { boundaryOf, type BodyPart as Part, parseMultipart } from '../../sip/multipart.ts';

/** A body part with the delimiters around it (RFC 2046 §5.1); offsets in the message's text. */
export interface BodyPart {
  readonly part: Part;
  /** Offset of the delimiter line before it. */
  readonly delimiterStart: number;
  /** Offset of the delimiter line behind it. */
  readonly nextDelimiter: number;
  /** Behind that line. */
  readonly nextDelimiterEnd: number;
}

export interface Multipart {
  readonly boundary: string;
  readonly parts: readonly BodyPart[];
}

/** undefined when the body is not multipart; malformed ones have no parts. */
export function multipartOf(message: SipMessage): Multipart | undefined {
  const contentType = message.value(HeaderKind.contentType);
  const boundary = contentType === undefined ? undefined : boundaryOf(contentType);
  if (contentType === undefined || boundary === undefined) return undefined;
  const { text, bodyStart, bodyEnd } = message;
  const delimiter = `--${boundary}`;
  const parts = parseMultipart(text, contentType, bodyStart, bodyEnd) ?? [];
  return {
    boundary,
    parts: parts.map((part) => {
      const nextDelimiter = text.indexOf(delimiter, part.end);
      const lineFeed = text.indexOf('\n', nextDelimiter);
      return {
        part,
        delimiterStart: text.lastIndexOf(delimiter, part.start - 1),
        nextDelimiter,
        nextDelimiterEnd: lineFeed < 0 || lineFeed >= bodyEnd ? bodyEnd : lineFeed + 1,
      };
    }),
  };
}

export function partOfType(multipart: Multipart, contentType: string): BodyPart | undefined {
  const wanted = mediaType(contentType) ?? contentType.toLowerCase();
  return multipart.parts.find(({ part }) => part.mediaType === wanted);
}
