import { createHash } from 'node:crypto';
import type { HttpHeader } from '../../base/httpCodecPort.ts';

export type SubProtocol = 'sip' | 'msrp';

export interface HandshakeRequest {
  header(name: string): string | undefined;
}

export interface HandshakeRules {
  /** In the order of preference. */
  readonly protocols: readonly SubProtocol[];
  /** 0: no CORS header, 1: any origin, 2: the client's. */
  readonly corsMode: number;
}

export type Handshake =
  | { readonly accepted: true; readonly protocol: SubProtocol; readonly headers: readonly HttpHeader[] }
  | {
      readonly accepted: false;
      readonly status: number;
      readonly reason: string;
      readonly headers: readonly HttpHeader[];
      /** For the log. */
      readonly why: string;
    };

const version = '13';
/** RFC 6455 §1.3 */
const keySuffix = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** The server's side of the opening handshake (RFC 6455 §4.2, RFC 7118 §3). */
export function judgeHandshake(
  request: HandshakeRequest,
  { protocols, corsMode }: HandshakeRules,
): Handshake {
  const refuse = (why: string): Handshake => ({
    accepted: false,
    status: 400,
    reason: 'Bad Request',
    headers: [
      ['Sec-WebSocket-Protocol', protocols.join(', ')],
      ['Sec-WebSocket-Version', version],
    ],
    why,
  });
  const asked = request.header('Sec-WebSocket-Version');
  if (asked !== undefined && asked.trim() !== version) {
    const headers: readonly HttpHeader[] = [['Sec-WebSocket-Version', version]];
    return { accepted: false, status: 426, reason: 'Upgrade Required', headers, why: `version ${asked}` };
  }
  if (asked === undefined) return refuse('no Sec-WebSocket-Version');
  if (!tokens(request.header('Upgrade')).includes('websocket')) return refuse('no Upgrade to websocket');
  if (!tokens(request.header('Connection')).includes('upgrade')) return refuse('no upgrade in Connection');
  const key = request.header('Sec-WebSocket-Key')?.trim() ?? '';
  if (!/^[+/0-9A-Za-z]{22}==$/.test(key)) return refuse('Sec-WebSocket-Key is missing or malformed');
  const offered = tokens(request.header('Sec-WebSocket-Protocol'));
  const protocol = protocols.find((each) => offered.includes(each));
  if (protocol === undefined)
    return refuse(`none of the sub-protocols ${offered.join(', ') || '(none)'} is spoken here`);
  return { accepted: true, protocol, headers: acceptance(request, key, protocol, corsMode) };
}

function acceptance(
  request: HandshakeRequest,
  key: string,
  protocol: SubProtocol,
  corsMode: number,
): readonly HttpHeader[] {
  const origin = corsMode === 1 ? '*' : corsMode === 2 ? request.header('Origin') : undefined;
  const accept = createHash('sha1')
    .update(key + keySuffix)
    .digest('base64');
  return [
    ...(origin === undefined ? [] : [['Access-Control-Allow-Origin', origin] as const]),
    ['Sec-WebSocket-Protocol', protocol],
    ['Upgrade', 'websocket'],
    ['Connection', 'Upgrade'],
    ['Sec-WebSocket-Accept', accept],
  ];
}

function tokens(value: string | undefined): readonly string[] {
  return (value ?? '').split(',').map((token) => token.trim().toLowerCase());
}
