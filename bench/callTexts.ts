/** The messages of a call, put together from what the server sends: peers that cost next to nothing. */

export interface CallPlaces {
  /** As it stands in Via and URIs. */
  readonly transport: 'UDP' | 'TCP' | 'TLS';
  readonly address: string;
  readonly serverPort: number;
  readonly callerPort: number;
  readonly calledPort: number;
}

const sdp =
  'v=0\r\no=caller 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 6000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n';

export class CallTexts {
  readonly #places: CallPlaces;
  readonly #run = process.pid;

  constructor(places: CallPlaces) {
    this.#places = places;
  }

  register(n: number): string {
    const { address, serverPort, calledPort } = this.#places;
    return (
      `REGISTER sip:${address}:${serverPort} SIP/2.0\r\n${this.#via(`r${n}`)}Max-Forwards: 70\r\n` +
      `From: <sip:user${n}@${address}>;tag=r${n}\r\nTo: <sip:user${n}@${address}>\r\nCall-ID: r${n}@bench\r\nCSeq: 1 REGISTER\r\n` +
      `Contact: <sip:user${n}@${address}:${calledPort}>\r\nExpires: 36000\r\nContent-Length: 0\r\n\r\n`
    );
  }

  invite(n: number, user: string): string {
    const { address, serverPort, callerPort, transport } = this.#places;
    return (
      `INVITE sip:${user}@${address}:${serverPort} SIP/2.0\r\n${this.#via(`${this.#run}-${n}-0`)}Max-Forwards: 70\r\n` +
      `From: "Caller" <sip:caller@${address}:${callerPort}>;tag=${this.#run}c${n}\r\nTo: <sip:${user}@${address}:${serverPort}>\r\n` +
      `Call-ID: ${n}-${this.#run}@${address}\r\nCSeq: 1 INVITE\r\n` +
      `Contact: <sip:caller@${address}:${callerPort};transport=${transport}>\r\n` +
      'User-Agent: sipp\r\nAllow: INVITE, ACK, CANCEL, BYE, OPTIONS\r\nSubject: test call\r\nContent-Type: application/sdp\r\n' +
      `Content-Length: ${sdp.length}\r\n\r\n${sdp}`
    );
  }

  /** What the called side says to a request: it rings, takes the call, and says yes to BYE. */
  answers(request: string): readonly string[] {
    const first = request.charCodeAt(0);
    if (first === 0x41) return []; // ACK
    const head = `${lines(request, 'Via: ')}${lines(request, 'Record-Route: ')}${lines(request, 'From: ')}`;
    const tail = `${lines(request, 'Call-ID: ')}${lines(request, 'CSeq: ')}`;
    const to = lines(request, 'To: ');
    if (first === 0x42) return [`SIP/2.0 200 OK\r\n${head}${to}${tail}Content-Length: 0\r\n\r\n`];
    const { address, calledPort, transport } = this.#places;
    const contact = `Contact: <sip:called@${address}:${calledPort};transport=${transport}>\r\n`;
    const rest = `${head}${to.slice(0, -2)};tag=${this.#run}s\r\n${tail}${contact}`;
    return [
      `SIP/2.0 180 Ringing\r\n${rest}Content-Length: 0\r\n\r\n`,
      `SIP/2.0 200 OK\r\n${rest}Content-Type: application/sdp\r\nContent-Length: ${sdp.length}\r\n\r\n${sdp}`,
    ];
  }

  /** Headers of the caller's further requests, from the 200 to its INVITE. */
  dialogOf(response: string): string {
    const route = lines(response, 'Record-Route: ').replaceAll('Record-Route', 'Route');
    return `${route}Max-Forwards: 70\r\n${lines(response, 'From: ')}${lines(response, 'To: ')}${lines(response, 'Call-ID: ')}`;
  }

  /** ACK or BYE; `dialog` from `dialogOf`. `number` makes its branch unique. */
  inDialog(method: 'ACK' | 'BYE', dialog: string, number: number): string {
    const { address, calledPort, transport } = this.#places;
    return (
      `${method} sip:called@${address}:${calledPort};transport=${transport} SIP/2.0\r\n${this.#via(`${this.#run}-${number}-${method}`)}` +
      `${dialog}CSeq: ${method === 'ACK' ? 1 : 2} ${method}\r\nContent-Length: 0\r\n\r\n`
    );
  }

  #via(branch: string): string {
    const { address, callerPort, transport } = this.#places;
    return `Via: SIP/2.0/${transport} ${address}:${callerPort};branch=z9hG4bK-${branch}\r\n`;
  }
}

/** All header lines that begin so, which is how the server and these peers write them. */
export function lines(text: string, name: string): string {
  let out = '';
  for (let at = text.indexOf(`\n${name}`); at >= 0; at = text.indexOf(`\n${name}`, at + 1)) {
    const end = text.indexOf('\n', at + 1);
    out += text.slice(at + 1, end + 1);
  }
  return out;
}

/** `200 INVITE` of a response. */
export function answerOf(response: string): string {
  return `${response.slice(8, 11)} ${lines(response, 'CSeq: ').trimEnd().split(' ').at(-1)}`;
}
