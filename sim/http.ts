import { HttpError } from '../src/base/errors.ts';
import type { Clock, HttpClient, HttpGetOptions, HttpResponse } from '../src/base/ports.ts';

/** A page of the simulated web. */
export interface SimPage {
  /** Default 200. */
  readonly status?: number;
  readonly contentType?: string;
  readonly body: string;
  /** Time until the answer, ms; default 1. */
  readonly delayMs?: number;
}

/** The web in virtual time: pages by URL. An unknown URL is a refused connection. */
export class SimHttp implements HttpClient {
  readonly pages = new Map<string, SimPage>();
  /** URLs in the order in which they were asked for. */
  readonly asked: string[] = [];
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get(url: string, options: HttpGetOptions): Promise<HttpResponse> {
    this.asked.push(url);
    const page = this.pages.get(url);
    const delayMs = page?.delayMs ?? 1;
    return new Promise((resolve, reject) => {
      const waitMs = Math.min(delayMs, options.timeoutMs);
      this.#clock.after(waitMs, () => {
        if (page === undefined) reject(new HttpError('HTTP_CONNECT', `${url}: nobody listens there`));
        else if (delayMs > options.timeoutMs) {
          reject(new HttpError('HTTP_TIMEOUT', `no whole answer within ${options.timeoutMs} ms`));
        } else if (page.body.length > options.maxBytes) {
          reject(new HttpError('HTTP_TOO_LONG', `the answer is longer than ${options.maxBytes} bytes`));
        } else {
          const { status = 200, contentType = 'application/octet-stream', body } = page;
          resolve({ status, contentType, body: Buffer.from(body) });
        }
      });
    });
  }
}
