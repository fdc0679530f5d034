import { lookup as systemLookup } from 'node:dns';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { rootCertificates } from 'node:tls';
import { errorText, HttpError } from '../base/errors.ts';
import { isPublicAddress } from '../base/ip.ts';
import type { HttpClient, HttpGetOptions, HttpResponse } from '../base/ports.ts';

const maxRedirects = 3;

/** HTTP by Node's own client. Each request has a connection of its own. */
export class NodeHttpClient implements HttpClient {
  async get(url: string, options: HttpGetOptions): Promise<HttpResponse> {
    const signal = AbortSignal.timeout(options.timeoutMs);
    let target = parseUrl(url);
    for (let redirects = 0; ; redirects++) {
      const response = await exchange(target, options, signal);
      const location = response.headers.location;
      if (location === undefined || (response.statusCode ?? 0) < 300 || (response.statusCode ?? 0) > 399) {
        return readBody(response, options, signal);
      }
      response.destroy();
      if (redirects >= maxRedirects) {
        throw new HttpError('HTTP_REDIRECTS', `${url}: more than ${maxRedirects} redirects`);
      }
      target = parseUrl(location, target);
    }
  }
}

function parseUrl(text: string, base?: URL): URL {
  const url = URL.canParse(text, base?.href) ? new URL(text, base?.href) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new HttpError('HTTP_URL', `"${text}" is no http or https URL`);
  }
  return url;
}

/** Resolves with the response as soon as its header is there. */
function exchange(url: URL, options: HttpGetOptions, signal: AbortSignal): Promise<IncomingMessage> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (options.allowPrivate !== true && isIP(host) !== 0 && !isPublicAddress(host)) {
    return Promise.reject(privateError(url.hostname));
  }
  const requestOptions: RequestOptions = { signal, agent: false, headers: { accept: '*/*' } };
  if (options.allowPrivate !== true) requestOptions.lookup = publicLookup;
  return new Promise((resolve, reject) => {
    const request =
      url.protocol === 'https:'
        ? httpsRequest(url, {
            ...requestOptions,
            ...(options.ca === undefined ? {} : { ca: [...rootCertificates, options.ca] }),
          })
        : httpRequest(url, requestOptions);
    request.once('response', resolve);
    request.once('error', (error) => reject(httpError(url, error, signal, options)));
    request.end();
  });
}

/** Resolves names to public addresses only, so that a name cannot lead inside. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  systemLookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, '', 0);
    const allowed = addresses.filter(({ address }) => isPublicAddress(address));
    const [first] = allowed;
    if (first === undefined) return callback(privateError(hostname), '', 0);
    if (options.all === true) callback(null, allowed);
    else callback(null, first.address, first.family);
  });
};

function privateError(host: string): HttpError {
  return new HttpError('HTTP_PRIVATE', `${host} is in a private network`);
}

async function readBody(
  response: IncomingMessage,
  options: HttpGetOptions,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > options.maxBytes) {
        throw new HttpError('HTTP_TOO_LONG', `the answer is longer than ${options.maxBytes} bytes`);
      }
      chunks.push(chunk);
    }
  } catch (error) {
    response.destroy();
    throw httpError(undefined, error, signal, options);
  }
  return {
    status: response.statusCode ?? 0,
    contentType: response.headers['content-type'] ?? '',
    body: Buffer.concat(chunks),
  };
}

function httpError(
  url: URL | undefined,
  error: unknown,
  signal: AbortSignal,
  options: HttpGetOptions,
): HttpError {
  if (error instanceof HttpError) return error;
  const where = url === undefined ? '' : `${url.host}: `;
  if (signal.aborted) {
    return new HttpError('HTTP_TIMEOUT', `${where}no whole answer within ${options.timeoutMs} ms`, {
      cause: error,
    });
  }
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const isTls = /^(CERT_|ERR_TLS|ERR_SSL|UNABLE_TO|DEPTH_ZERO|SELF_SIGNED|EPROTO)/.test(code);
  return new HttpError(isTls ? 'HTTP_TLS' : 'HTTP_CONNECT', `${where}${errorText(error) || code}`, {
    cause: error,
  });
}
