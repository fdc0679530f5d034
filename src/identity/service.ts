/** STIR/SHAKEN over HTTP: signing, checking, and the files that others fetch, with the paths of secsipidx. */
import type { KeyObject } from 'node:crypto';
import type { Files, HttpReply, HttpRequest } from '../base/ports.ts';
import { type Failure, failure, type Outcome, responseFor } from './failure.ts';
import { parseJson } from './passport.ts';
import { type ShakenRequest, signShaken } from './sign.ts';
import { type VerifiedIdentity, type VerifyOptions, verifyIdentity } from './verify.ts';

export interface IdentityServiceOptions {
  readonly files: Files;
  /** Options of a check at this moment. */
  readonly verifyOptions: () => Promise<Outcome<VerifyOptions>>;
  /** undefined: this service does not sign. */
  readonly privateKey: (() => Promise<Outcome<KeyObject>>) | undefined;
  /** Directory behind /v1/pub/; '' for none. */
  readonly publicDir: string;
  readonly nowSec: () => number;
  readonly uuid: () => string;
}

export interface ServiceCounts {
  signed: number;
  accepted: number;
  refused: number;
}

/** Longer files are not served. */
const maxFileBytes = 1_048_576;

/** Answers requests; holds nothing but counters. */
export class IdentityService {
  readonly counts: ServiceCounts = { signed: 0, accepted: 0, refused: 0 };
  readonly #options: IdentityServiceOptions;

  constructor(options: IdentityServiceOptions) {
    this.#options = options;
  }

  async handle(request: HttpRequest): Promise<HttpReply> {
    const { method, path } = request;
    if (path.startsWith('/v1/pub/')) return this.#file(method, path.slice('/v1/pub/'.length));
    if (path === '/v1/status' && method === 'GET') return json(200, { ok: true, ...this.counts });
    const handler = this.#handlers[path];
    const wantsJson = isJson(request) || path === '/v1/sign';
    if (handler === undefined) return refusal(wantsJson, 404, 'path', `there is no ${path}`);
    if (method !== 'POST') return refusal(wantsJson, 405, 'method', `${path} takes POST`);
    return handler(request);
  }

  readonly #handlers: Readonly<Record<string, (request: HttpRequest) => Promise<HttpReply>>> = {
    '/v1/check': (request) => this.#check(request),
    '/v1/sign-csv': (request) => this.#signCsv(request),
    '/v1/sign': (request) => this.#signJson(request),
  };

  /** The header value itself, or `{"identity": ..., "orig-tn": ..., "dest-tn": ...}`. */
  async #check(request: HttpRequest): Promise<HttpReply> {
    const asJson = isJson(request);
    const wanted = asJson ? jsonObject(request) : { identity: request.body.toString('latin1').trim() };
    if (wanted === undefined) return refusal(asJson, 400, 'format', 'the body is no JSON object');
    const { identity, 'orig-tn': origTn, 'dest-tn': destTn } = wanted;
    if (typeof identity !== 'string' || !isOptionalText(origTn) || !isOptionalText(destTn)) {
      return refusal(asJson, 400, 'format', 'identity, orig-tn and dest-tn must be texts');
    }
    const options = await this.#options.verifyOptions();
    const outcome = options.ok
      ? await verifyIdentity(identity, { ...options.value, origTn, destTn })
      : options;
    if (!outcome.ok) {
      this.counts.refused++;
      return asJson
        ? json(403, failureJson(outcome))
        : text(403, `FAILED: ${outcome.check}: ${outcome.reason}\n`);
    }
    this.counts.accepted++;
    return asJson ? json(200, verifiedJson(outcome.value)) : text(200, 'OK\n');
  }

  /** `OrigTN,DestTN,ATTEST,OrigID,X5U`. */
  async #signCsv(request: HttpRequest): Promise<HttpReply> {
    const fields = request.body.toString('utf8').trim().split(',');
    if (fields.length !== 5) {
      return refusal(false, 400, 'format', 'expected OrigTN,DestTN,ATTEST,OrigID,X5U');
    }
    const [origTn = '', destTn = '', attest = '', origId = '', x5u = ''] = fields.map((field) =>
      field.trim(),
    );
    const signed = await this.#sign({ origTn, destTn, attest, origId, x5u });
    return signed.ok
      ? text(200, `${signed.value}\n`)
      : text(400, `FAILED: ${signed.check}: ${signed.reason}\n`);
  }

  /** `{"orig-tn": ..., "dest-tn": ... or [...], "attest": ..., "orig-id": ..., "x5u": ...}`. */
  async #signJson(request: HttpRequest): Promise<HttpReply> {
    const wanted = jsonObject(request);
    if (wanted === undefined) return refusal(true, 400, 'format', 'the body is no JSON object');
    const { 'orig-tn': origTn, 'dest-tn': destTn, attest, 'orig-id': origId = '', x5u = '' } = wanted;
    const called = typeof destTn === 'string' ? [destTn] : destTn;
    if (
      typeof origTn !== 'string' ||
      typeof origId !== 'string' ||
      typeof x5u !== 'string' ||
      !Array.isArray(called) ||
      !called.every((number) => typeof number === 'string')
    ) {
      return refusal(true, 400, 'format', 'orig-tn, dest-tn, orig-id and x5u must be texts');
    }
    const signed = await this.#sign({ origTn, destTn: called as string[], attest, origId, x5u });
    return signed.ok ? json(200, { ok: true, identity: signed.value }) : json(400, failureJson(signed));
  }

  async #sign(
    request: Omit<ShakenRequest, 'attest' | 'iat'> & { readonly attest: unknown },
  ): Promise<Outcome<string>> {
    const { attest, origTn, destTn } = request;
    if (attest !== 'A' && attest !== 'B' && attest !== 'C') {
      return failure('claims', 'the attestation must be A, B or C');
    }
    if (origTn === '' || destTn.length === 0) return failure('claims', 'both numbers must be there');
    if (this.#options.privateKey === undefined) return failure('private-key', 'this service does not sign');
    const key = await this.#options.privateKey();
    if (!key.ok) return key;
    const origId = request.origId || this.#options.uuid();
    const signed = signShaken({ ...request, attest, origId, iat: this.#options.nowSec() }, key.value);
    if (signed.ok) this.counts.signed++;
    return signed;
  }

  /** A file of the public directory itself: no folders, no dot files. */
  async #file(method: string, name: string): Promise<HttpReply> {
    const { publicDir, files } = this.#options;
    if (method !== 'GET' && method !== 'HEAD') return refusal(false, 405, 'method', 'files are for GET');
    if (publicDir === '' || !/^[A-Za-z0-9_][A-Za-z0-9._-]{0,200}$/.test(name)) {
      return refusal(false, 404, 'path', 'no such file');
    }
    try {
      const body = await files.read(`${publicDir.replace(/\/+$/, '')}/${name}`);
      if (body.length > maxFileBytes) return refusal(false, 404, 'path', 'no such file');
      return { status: 200, contentType: contentType(name), body };
    } catch {
      return refusal(false, 404, 'path', 'no such file');
    }
  }
}

function contentType(name: string): string {
  if (/\.(pem|crt|cer)$/.test(name)) return 'application/pem-certificate-chain';
  return name.endsWith('.json') ? 'application/json' : 'application/octet-stream';
}

function isJson(request: HttpRequest): boolean {
  return /^application\/([\w.-]+\+)?json\b/i.test(request.header('content-type'));
}

function jsonObject(request: HttpRequest): Readonly<Record<string, unknown>> | undefined {
  const value = parseJson(request.body.toString('utf8'));
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

function isOptionalText(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}

/** A failure for programs: the check, the words, and the SIP response that fits. */
export function failureJson({ check, reason }: Failure): Readonly<Record<string, unknown>> {
  const { status, reason: phrase } = responseFor(check);
  return { ok: false, check, reason, sip: { status, reason: phrase } };
}

/** What was verified, for programs. */
export function verifiedJson({ passport, header }: VerifiedIdentity): Readonly<Record<string, unknown>> {
  return { ok: true, header: passport.header, payload: passport.payload, info: header.info };
}

function json(status: number, value: object): HttpReply {
  return { status, contentType: 'application/json', body: `${JSON.stringify(value)}\n` };
}

function text(status: number, body: string): HttpReply {
  return { status, contentType: 'text/plain; charset=utf-8', body };
}

function refusal(asJson: boolean, status: number, check: string, reason: string): HttpReply {
  return asJson ? json(status, { ok: false, check, reason }) : text(status, `FAILED: ${check}: ${reason}\n`);
}
