/**
 * Reading and building SIP messages for test peers. On purpose not the message layer of src/sip: what checks the
 * server must not share its mistakes.
 */

export interface SipText {
  readonly startLine: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

const longNames: Readonly<Record<string, string>> = {
  v: 'via',
  f: 'from',
  t: 'to',
  i: 'call-id',
  m: 'contact',
  l: 'content-length',
  c: 'content-type',
};

export function readSip(text: string): SipText {
  const end = text.indexOf('\r\n\r\n');
  const head = (end < 0 ? text : text.slice(0, end)).replace(/\r\n[ \t]+/g, ' ');
  const [startLine = '', ...lines] = head.split('\r\n');
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
  });
  return { startLine, headers, body: end < 0 ? '' : text.slice(end + 4) };
}

function sameHeader(a: string, b: string): boolean {
  const long = (name: string): string => longNames[name.toLowerCase()] ?? name.toLowerCase();
  return long(a) === long(b);
}

export function headerValues(message: SipText, name: string): string[] {
  return message.headers.filter(([n]) => sameHeader(n, name)).map(([, value]) => value);
}

/** The first value of a header, or an empty text. */
export function headerValue(message: SipText, name: string): string {
  return headerValues(message, name)[0] ?? '';
}

/** The entries of a header whose values may be joined by commas (Route, Record-Route, Contact). */
export function headerList(message: SipText, name: string): string[] {
  return headerValues(message, name).flatMap((value) =>
    value.split(/,\s*(?=<)/).map((entry) => entry.trim()),
  );
}

/** The method of a request, or the status code of a response as text. */
export function kindOf(message: SipText): string {
  const [first = '', second = ''] = message.startLine.split(' ');
  return first === 'SIP/2.0' ? second : first;
}

/** The method that a message belongs to, from its CSeq. */
export function methodOf(message: SipText): string {
  return headerValue(message, 'CSeq').split(/\s+/)[1] ?? '';
}

/** The URI inside `<...>`, or the value up to its first parameter. */
export function uriOf(nameAddress: string): string {
  const bracketed = /<([^>]*)>/.exec(nameAddress);
  return bracketed?.[1] ?? nameAddress.split(';')[0]?.trim() ?? '';
}

export function tagOf(nameAddress: string): string | undefined {
  return /;\s*tag=([^;\s>]+)/i.exec(nameAddress)?.[1];
}

/** A message as it goes on the wire; Content-Length is added at the end unless the headers have one. */
export function writeSip(
  startLine: string,
  headers: readonly (readonly [name: string, value: string])[],
  body = '',
): string {
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  if (!headers.some(([name]) => sameHeader(name, 'content-length'))) {
    lines.push(`Content-Length: ${Buffer.byteLength(body, 'latin1')}`);
  }
  return `${startLine}\r\n${lines.join('\r\n')}\r\n\r\n${body}`;
}
