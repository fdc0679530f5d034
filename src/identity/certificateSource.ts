/** Credentials by the URL in `info`: fetched once for many calls that ask at the same time, kept on disk when wanted. */
import { createHash } from 'node:crypto';
import { errorText, HttpError } from '../base/errors.ts';
import type { Clock, Files, HttpClient } from '../base/ports.ts';
import type { Soon } from '../base/soon.ts';
import { failure, type Outcome, success } from './failure.ts';
import { type Credential, maxPemLength, readCredential } from './keys.ts';

export interface CertificateSourceOptions {
  readonly timeoutMs: number;
  /** Directory of cached certificates; '' keeps none. */
  readonly cacheDir: string;
  readonly cacheExpireSec: number;
  /** Fetch from loopback and private addresses too. */
  readonly allowPrivate: boolean;
  /** Certificates (PEM) that are trusted for HTTPS beside the system's. */
  readonly ca?: string | undefined;
}

export interface CertificatePorts {
  readonly http: HttpClient;
  readonly files: Files;
  readonly clock: Clock;
}

/** How the fetching went, for counters. */
export interface CertificateCounts {
  readonly fetched: number;
  readonly failed: number;
  readonly fromCache: number;
}

interface Cached {
  readonly credential: Credential;
  readonly expiresMs: number;
}

/** Parsed certificates in memory, and fetches at the same time. */
const maxCached = 1000;
const maxFetches = 200;

/** Gives credentials by URL. Never rejects: what goes wrong is a failure with its check. */
export class CertificateSource {
  readonly #ports: CertificatePorts;
  readonly #options: () => CertificateSourceOptions;
  readonly #memory = new Map<string, Cached>();
  readonly #fetches = new Map<string, Promise<Outcome<Credential>>>();
  #fetched = 0;
  #failed = 0;
  #fromCache = 0;

  constructor(ports: CertificatePorts, options: () => CertificateSourceOptions) {
    this.#ports = ports;
    this.#options = options;
  }

  get counts(): CertificateCounts {
    return { fetched: this.#fetched, failed: this.#failed, fromCache: this.#fromCache };
  }

  /** The credential behind an http or https URL. */
  get(url: string): Soon<Outcome<Credential>> {
    if (url === '') return failure('x5u', 'neither info nor x5u tells where the certificate is', 'url');
    if (!/^https?:\/\//i.test(url)) return failure('x5u', `"${url}" is no http or https URL`, 'url');
    const cached = this.#memory.get(url);
    if (cached !== undefined && cached.expiresMs > this.#ports.clock.nowMs()) {
      this.#fromCache++;
      return success(cached.credential);
    }
    const running = this.#fetches.get(url);
    if (running !== undefined) return running;
    if (this.#fetches.size >= maxFetches) {
      this.#failed++;
      return failure('certificate-fetch', `${maxFetches} certificates are being fetched already`);
    }
    const fetching = this.#load(url).finally(() => this.#fetches.delete(url));
    this.#fetches.set(url, fetching);
    return fetching;
  }

  async #load(url: string): Promise<Outcome<Credential>> {
    const kept = await this.#fromDisk(url);
    if (kept !== undefined) return kept;
    const fetched = await this.fetch(url);
    if (!fetched.ok) {
      this.#failed++;
      return fetched;
    }
    this.#fetched++;
    const credential = readCredential(fetched.value);
    if (credential.ok) await this.#keep(url, fetched.value, credential.value);
    return credential;
  }

  /** What is behind a URL, without looking into it. */
  async fetch(url: string): Promise<Outcome<Buffer>> {
    const { timeoutMs, allowPrivate, ca } = this.#options();
    try {
      const { status, body } = await this.#ports.http.get(url, {
        timeoutMs,
        maxBytes: maxPemLength,
        allowPrivate,
        ca,
      });
      return status === 200
        ? success(body)
        : failure('certificate-fetch', `${url} answered with status ${status}`, 'status');
    } catch (error) {
      if (error instanceof HttpError && error.code === 'HTTP_URL') {
        return failure('x5u', error.message, 'url');
      }
      return failure('certificate-fetch', `${url}: ${errorText(error)}`);
    }
  }

  async #fromDisk(url: string): Promise<Outcome<Credential> | undefined> {
    const { cacheDir, cacheExpireSec } = this.#options();
    if (cacheDir === '') return undefined;
    const { files, clock } = this.#ports;
    const path = cachePath(cacheDir, url);
    const modifiedMs = await files.modifiedMs(path);
    if (modifiedMs === undefined) return undefined;
    const leftMs = modifiedMs + cacheExpireSec * 1000 - clock.wallMs();
    if (leftMs <= 0) return undefined;
    try {
      const credential = readCredential(await files.read(path));
      if (!credential.ok) return undefined;
      this.#fromCache++;
      this.#remember(url, credential.value, leftMs);
      return credential;
    } catch {
      // an unreadable file is as good as none: it will be fetched and written again
      return undefined;
    }
  }

  async #keep(url: string, data: Buffer, credential: Credential): Promise<void> {
    const { cacheDir, cacheExpireSec } = this.#options();
    if (cacheDir === '') return;
    this.#remember(url, credential, cacheExpireSec * 1000);
    await this.#ports.files.write(cachePath(cacheDir, url), data).catch(() => undefined);
  }

  #remember(url: string, credential: Credential, forMs: number): void {
    this.#memory.delete(url);
    for (const oldest of this.#memory.keys()) {
      if (this.#memory.size < maxCached) break;
      this.#memory.delete(oldest);
    }
    this.#memory.set(url, { credential, expiresMs: this.#ports.clock.nowMs() + forMs });
  }
}

/** The file name that secsipidx uses, so that both can share a directory: slashes become underscores. */
export function cachePath(directory: string, url: string): string {
  const name = url.replaceAll('://', '_').replaceAll('/', '_').replaceAll('\0', '_');
  // file systems end at 255 bytes; a long name keeps its beginning and must not meet another one
  const digest = (): string => createHash('sha256').update(url).digest('hex');
  const short = name.length <= 200 ? name : `${name.slice(0, 130)}_${digest()}`;
  return `${directory.replace(/\/+$/, '')}/${short}`;
}
