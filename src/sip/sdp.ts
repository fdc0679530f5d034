/** Reading SDP (RFC 8866): lines, sections and the values that a proxy looks at, all with offsets for edits. */
import { parseUint } from './scan.ts';

/** One `x=value` line. Offsets are into the text that was parsed. */
export interface SdpLine {
  /** The letter before `=`. */
  readonly type: string;
  readonly start: number;
  readonly valueStart: number;
  /** Behind the value, before the line end. */
  readonly valueEnd: number;
  /** Behind the line end. */
  readonly end: number;
}

/** `a=name:value`. */
export interface SdpAttribute {
  readonly name: string;
  /** undefined for a flag (`a=sendrecv`). */
  readonly value: string | undefined;
  readonly line: SdpLine;
}

/** `c=IN IP4 address`, with the offsets of the address. */
export interface SdpConnection {
  readonly addressType: string;
  /** With `/ttl` and so on, as written. */
  readonly address: string;
  readonly addressStart: number;
  readonly addressEnd: number;
  readonly line: SdpLine;
}

/** `o=username sess-id sess-version IN IP4 address`. */
export interface SdpOrigin {
  readonly username: string;
  readonly sessionId: string;
  readonly sessionVersion: string;
  readonly addressType: string;
  readonly address: string;
  readonly line: SdpLine;
}

/** What session and media sections share. */
export interface SdpSection {
  readonly start: number;
  readonly end: number;
  readonly lines: readonly SdpLine[];
  readonly connection: SdpConnection | undefined;
  readonly attributes: readonly SdpAttribute[];
}

/** `m=media port/count proto formats` with the lines up to the next `m=`. */
export interface SdpMedia extends SdpSection {
  readonly media: string;
  readonly port: number;
  /** 1 when no `/count` is given. */
  readonly portCount: number;
  readonly portStart: number;
  readonly portEnd: number;
  readonly protocol: string;
  readonly formats: readonly string[];
}

export interface Sdp extends SdpSection {
  readonly origin: SdpOrigin | undefined;
  readonly sessionName: string;
  readonly media: readonly SdpMedia[];
}

export type SdpDirection = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** More lines or media sections than this are not read. */
const MAX_LINES = 2048;
const MAX_MEDIA = 128;

/**
 * Parses `text[start, end)`. undefined when a line is no `x=...`, the first is not `v=`, an `m=` or `c=` line is
 * malformed, or there are more than 2048 lines or 128 media sections. Empty lines are passed over.
 */
export function parseSdp(text: string, start = 0, end: number = text.length): Sdp | undefined {
  const lines = readLines(text, start, end);
  if (lines === undefined || lines[0]?.type !== 'v') return undefined;
  const firstMedia = indexOfMedia(lines, 0);
  const session = readSection(text, lines.slice(0, firstMedia));
  if (session === undefined) return undefined;
  const media: SdpMedia[] = [];
  for (let from = firstMedia; from < lines.length; ) {
    const to = indexOfMedia(lines, from + 1);
    const section = readMedia(text, lines.slice(from, to));
    if (section === undefined || media.length === MAX_MEDIA) return undefined;
    media.push(section);
    from = to;
  }
  const name = lines.find((line) => line.type === 's');
  return {
    ...session,
    origin: readOrigin(
      text,
      session.lines.find((line) => line.type === 'o'),
    ),
    sessionName: name === undefined ? '' : textOf(text, name),
    media,
  };
}

function indexOfMedia(lines: readonly SdpLine[], from: number): number {
  let at = from;
  while (at < lines.length && (lines[at] as SdpLine).type !== 'm') at++;
  return at;
}

function readLines(text: string, start: number, end: number): SdpLine[] | undefined {
  const lines: SdpLine[] = [];
  for (let position = start; position < end; ) {
    const lineFeed = text.indexOf('\n', position);
    const lineEnd = lineFeed < 0 || lineFeed >= end ? end : lineFeed;
    const valueEnd = lineEnd > position && text.charCodeAt(lineEnd - 1) === 13 ? lineEnd - 1 : lineEnd;
    const next = Math.min(end, lineEnd + 1);
    if (valueEnd > position) {
      if (text.charCodeAt(position + 1) !== 0x3d || lines.length === MAX_LINES) return undefined;
      lines.push({
        type: text[position] as string,
        start: position,
        valueStart: position + 2,
        valueEnd,
        end: next,
      });
    }
    position = next;
  }
  return lines;
}

function textOf(text: string, line: SdpLine): string {
  return text.slice(line.valueStart, line.valueEnd);
}

function readSection(text: string, lines: readonly SdpLine[]): SdpSection | undefined {
  const first = lines[0];
  const last = lines[lines.length - 1];
  if (first === undefined || last === undefined) return undefined;
  const line = lines.find((candidate) => candidate.type === 'c');
  const connection = line === undefined ? undefined : readConnection(text, line);
  if (line !== undefined && connection === undefined) return undefined;
  const attributes = lines.filter(({ type }) => type === 'a').map((each) => readAttribute(text, each));
  return { start: first.start, end: last.end, lines, connection, attributes };
}

function readAttribute(text: string, line: SdpLine): SdpAttribute {
  const value = textOf(text, line);
  const colon = value.indexOf(':');
  if (colon < 0) return { name: value, value: undefined, line };
  return { name: value.slice(0, colon), value: value.slice(colon + 1), line };
}

function readConnection(text: string, line: SdpLine): SdpConnection | undefined {
  const fields = textOf(text, line).split(' ');
  const [netType, addressType, address] = fields;
  if (fields.length < 3 || netType !== 'IN' || !addressType || !address) return undefined;
  const addressStart = line.valueStart + netType.length + addressType.length + 2;
  return { addressType, address, addressStart, addressEnd: addressStart + address.length, line };
}

function readOrigin(text: string, line: SdpLine | undefined): SdpOrigin | undefined {
  if (line === undefined) return undefined;
  const [username, sessionId, sessionVersion, netType, addressType, address] = textOf(text, line).split(' ');
  if (username === undefined || sessionId === undefined || sessionVersion === undefined) return undefined;
  if (netType === undefined || addressType === undefined || address === undefined) return undefined;
  return { username, sessionId, sessionVersion, addressType, address, line };
}

function readMedia(text: string, lines: readonly SdpLine[]): SdpMedia | undefined {
  const section = readSection(text, lines);
  if (section === undefined) return undefined;
  const line = lines[0] as SdpLine;
  const [media = '', ports = '', protocol = '', ...formats] = textOf(text, line).split(' ');
  const slash = ports.indexOf('/');
  const port = parseUint(ports, 0, slash < 0 ? ports.length : slash, 65535);
  const portCount = slash < 0 ? 1 : parseUint(ports, slash + 1, ports.length, 65535);
  if (media === '' || protocol === '' || port < 0 || portCount < 1) return undefined;
  const portStart = line.valueStart + media.length + 1;
  const portEnd = portStart + (slash < 0 ? ports.length : slash);
  return {
    ...section,
    media,
    port,
    portCount,
    portStart,
    portEnd,
    protocol,
    formats: formats.filter(Boolean),
  };
}

/** The attributes of that name, in order. */
export function sdpAttributes(section: SdpSection, name: string): SdpAttribute[] {
  return section.attributes.filter((attribute) => attribute.name === name);
}

/** The connection that holds for a media section: its own, or that of the session. */
export function connectionOf(sdp: Sdp, media: SdpMedia): SdpConnection | undefined {
  return media.connection ?? sdp.connection;
}

/** The direction of a media section: its own, that of the session, or sendrecv (RFC 8866 §6.7). */
export function directionOf(sdp: Sdp, media: SdpMedia): SdpDirection {
  return ownDirection(media) ?? ownDirection(sdp) ?? 'sendrecv';
}

function ownDirection(section: SdpSection): SdpDirection | undefined {
  for (const { name, value } of section.attributes) {
    if (value === undefined && isDirection(name)) return name;
  }
  return undefined;
}

function isDirection(name: string): name is SdpDirection {
  return name === 'sendrecv' || name === 'sendonly' || name === 'recvonly' || name === 'inactive';
}

/** True if a media section is on hold: not sent to us, or at the address 0.0.0.0 (RFC 3264 §8.4, RFC 2543). */
export function isOnHold(sdp: Sdp, media: SdpMedia): boolean {
  const direction = directionOf(sdp, media);
  return (
    direction === 'sendonly' || direction === 'inactive' || connectionOf(sdp, media)?.address === '0.0.0.0'
  );
}
