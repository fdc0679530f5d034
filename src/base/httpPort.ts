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
