import type { SipMessage } from '../../sip/message.ts';

/** Positions of all headers of a name, full and compact forms alike. */
export function headersNamed(message: SipMessage, name: string): number[] {
  const found: number[] = [];
  for (let i = message.findName(name); i >= 0; i = message.findName(name, i + 1)) found.push(i);
  return found;
}

function removeAll(message: SipMessage, headers: readonly number[]): number {
  for (const i of headers) message.removeHeader(i);
  return headers.length > 0 ? 1 : -1;
}

/** Header positions whose name the test wants. */
function headersWhere(message: SipMessage, wanted: (name: string) => boolean): number[] {
  const found: number[] = [];
  for (let i = 0; i < message.headerCount; i++) if (wanted(message.headerName(i))) found.push(i);
  return found;
}

export function removeHeader(message: SipMessage, name: string): number {
  return removeAll(message, headersNamed(message, name));
}

export function removeHeadersMatching(message: SipMessage, match: RegExp, skip?: RegExp): number {
  return removeAll(
    message,
    headersWhere(message, (name) => match.test(name) && skip?.test(name) !== true),
  );
}

/** Negative indexes count from the end. */
export function removeHeaderAt(message: SipMessage, name: string, index: number): number {
  const header = headersNamed(message, name).at(index);
  return removeAll(message, header === undefined ? [] : [header]);
}

/** -2 when nothing was removed, as Kamailio has it. */
export function removeHeadersWithBody(
  message: SipMessage,
  name: string,
  matches: (body: string) => boolean,
): number {
  const found = headersNamed(message, name).filter((i) => matches(message.headerValue(i)));
  return removeAll(message, found) > 0 ? 1 : -2;
}

export function hasHeader(message: SipMessage, name: string): number {
  return message.findName(name) >= 0 ? 1 : -1;
}

export function hasHeaderMatching(message: SipMessage, regex: RegExp): number {
  for (let i = 0; i < message.headerCount; i++) if (regex.test(message.headerName(i))) return 1;
  return -1;
}

/** A header line must end; where the config forgot it, the end is added. */
export function asLine(text: string): string {
  return text.endsWith('\n') ? text : `${text}\r\n`;
}

/** Behind the last header of that name; behind all headers when there is none or no name is given. */
export function appendHeader(message: SipMessage, text: string, after?: string): number {
  const header = after === undefined ? undefined : headersNamed(message, after).at(-1);
  message.edits.insert(header === undefined ? message.headersEnd : message.headerEnd(header), asLine(text));
  return 1;
}

/** Before the first header of that name; before all headers when there is none or no name is given. */
export function insertHeader(message: SipMessage, text: string, before?: string): number {
  const header = before === undefined ? -1 : message.findName(before);
  message.edits.insert(header < 0 ? message.headersStart : message.headerStart(header), asLine(text));
  return 1;
}

/** RFC 3323 §4.2, RFC 3325 §9.3: is `value` among the privacy values? */
export function hasPrivacy(message: SipMessage, value: string): number {
  const wanted = value.toLowerCase();
  const found = headersNamed(message, 'Privacy').some((i) =>
    message
      .headerValue(i)
      .split(/[;,]/)
      .some((one) => one.trim().toLowerCase() === wanted),
  );
  return found ? 1 : -1;
}
