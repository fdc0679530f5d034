/** HTTP/1.1 as a protocol over a connection that somebody else holds: bytes in, requests out, replies back to bytes. */

export interface HttpLimits {
  /** Request line and headers, bytes. */
  readonly headerBytes: number;
  readonly bodyBytes: number;
  /** Requests that may be under way on one connection. */
  readonly pipelined: number;
}

export type HttpHeader = readonly [name: string, value: string];

export interface HttpAnswer {
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly HttpHeader[];
  /** latin1 */
  readonly body: string;
  /** End the connection behind it, whatever the client wants. */
  readonly close: boolean;
}

/** One request with its reply to be. */
export interface HttpExchange {
  readonly method: string;
  /** As in the request line. */
  readonly url: string;
  /** `1.1` */
  readonly version: string;
  /** In the order and spelling of the client. */
  readonly headers: readonly HttpHeader[];
  /** Whole, chunks joined; latin1. */
  readonly body: string;
  /** Once; later ones are ignored. */
  answer(answer: HttpAnswer): void;
}

/** Who holds the connection. */
export interface HttpUser {
  write(bytes: Uint8Array): void;
  /** No more requests are read; ends the connection behind what was written. */
  close(): void;
  /** A request has come whole. What is malformed or beyond the limits is answered by the codec. */
  onRequest(exchange: HttpExchange): void;
}

export interface HttpSession {
  /** Bytes of an unfinished request. */
  readonly pendingBytes: number;
  /** Takes the next bytes; `chunk` may be reused afterwards. */
  feed(chunk: Buffer): void;
  /** Forgets everything; nothing is written any more. */
  detach(): void;
}

/** Makes sessions; one codec serves any number of connections. */
export interface HttpCodec {
  session(user: HttpUser): HttpSession;
}
