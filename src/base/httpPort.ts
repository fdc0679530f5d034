export interface HttpGetOptions {
  /** For the whole exchange, redirects included. */
  readonly timeoutMs: number;
  /** A longer body is an error. */
  readonly maxBytes: number;
  /** Loopback, private and link-local addresses may be asked; refused by default, also behind names and redirects. */
  readonly allowPrivate?: boolean | undefined;
  /** Certificates (PEM) that are trusted beside the system's. */
  readonly ca?: string | undefined;
}

export interface HttpResponse {
  readonly status: number;
  /** '' when there was none. */
  readonly contentType: string;
  readonly body: Buffer;
}

/** Asks web servers. */
export interface HttpClient {
  /**
   * GET of an http or https URL; follows up to three redirects. Any status is a response. Rejects with an
   * `HttpError` whose code is `HTTP_URL`, `HTTP_PRIVATE`, `HTTP_TIMEOUT`, `HTTP_TOO_LONG`, `HTTP_REDIRECTS`, `HTTP_TLS` or `HTTP_CONNECT`.
   */
  get(url: string, options: HttpGetOptions): Promise<HttpResponse>;
}

export interface HttpRequest {
  readonly method: string;
  /** Decoded path without the query. */
  readonly path: string;
  /** Value of a header by its lower-case name; '' when there is none. */
  header(name: string): string;
  readonly body: Buffer;
}

export interface HttpReply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string | Uint8Array;
}

export interface HttpListenOptions {
  readonly address: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** PEM of key and certificate chain: HTTPS. */
  readonly tls?: { readonly key: string; readonly certificate: string } | undefined;
  /** A longer request is answered with 413. */
  readonly maxBodyBytes: number;
  /** For receiving a whole request. */
  readonly requestTimeoutMs: number;
  readonly maxConnections: number;
}

export interface HttpListener {
  readonly port: number;
  /** Refuses new connections, ends idle ones, resolves when all have ended. */
  close(): Promise<void>;
}

/** Answers web clients. An exception of `handler` becomes a 500. */
export type ListenHttp = (
  options: HttpListenOptions,
  handler: (request: HttpRequest) => Promise<HttpReply>,
) => Promise<HttpListener>;
