import type { HttpExchange } from '../../base/httpCodecPort.ts';
import type { Flow } from '../../proxy/flow.ts';

/**
 * An HTTP request as a message that scripts can read: its own request line, a Via that tells where it came from (as
 * Kamailio adds one), its headers, and a Content-Length that fits the body.
 */
export function requestTextOf({ method, url, version, headers, body }: HttpExchange, flow: Flow): string {
  const host = flow.address.includes(':') ? `[${flow.address}]` : flow.address;
  const lines = [
    `${method} ${url} HTTP/${version}`,
    `Via: SIP/2.0/${viaProtocol(flow)} ${host}:${flow.port}`,
  ];
  let hasLength = false;
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (lower === 'transfer-encoding') continue;
    if (lower === 'content-length') hasLength = true;
    lines.push(`${name}: ${value}`);
  }
  if (!hasLength && body !== '') lines.push(`Content-Length: ${body.length}`);
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}

function viaProtocol({ proto }: Flow): string {
  return proto === 'tls' ? 'TLS' : 'TCP';
}

/** A SIP response of sl as one of HTTP: status, and the headers that mean something there. */
export interface SipAnswer {
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

const sipOnly = /^(?:via|v|from|f|to|t|call-id|i|cseq|content-length|l|record-route|contact|m)$/i;

/** undefined when the text is no response. */
export function answerOfResponse(text: string): SipAnswer | undefined {
  const headEnd = text.indexOf('\r\n\r\n');
  const [start = '', ...lines] = text.slice(0, headEnd < 0 ? text.length : headEnd).split('\r\n');
  const match = /^SIP\/2\.0 (\d{3}) ?(.*)$/.exec(start);
  if (match === null) return undefined;
  const headers = lines.flatMap((line): (readonly [string, string])[] => {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).trim();
    return name === '' || sipOnly.test(name) ? [] : [[name, line.slice(colon + 1).trim()]];
  });
  const body = headEnd < 0 ? '' : text.slice(headEnd + 4);
  return { status: Number(match[1]), reason: match[2] as string, headers, body };
}
