/** Key and certificate files that may be replaced while the server runs. */
import type { KeyObject } from 'node:crypto';
import { errorText } from '../base/errors.ts';
import type { Clock, Files } from '../base/ports.ts';
import type { Soon } from '../base/soon.ts';
import { failure, type Outcome } from './failure.ts';
import { type Credential, readCredential, readPrivateKey } from './keys.ts';

/** How often the file system is asked whether a file has changed. */
const recheckMs = 1000;
/** Names come from scripts and may be made of the message: the table is bounded. */
const maxFiles = 1000;

interface Entry<T> {
  value: Outcome<T>;
  modifiedMs: number;
  checkedMs: number;
}

/** Parsed files by path; a change is seen within a second. */
export class ParsedFiles<T> {
  readonly #files: Files;
  readonly #clock: Clock;
  readonly #parse: (data: Buffer) => Soon<Outcome<T>>;
  readonly #entries = new Map<string, Entry<T>>();

  constructor(
    ports: { readonly files: Files; readonly clock: Clock },
    parse: (data: Buffer) => Soon<Outcome<T>>,
  ) {
    this.#files = ports.files;
    this.#clock = ports.clock;
    this.#parse = parse;
  }

  get(path: string): Soon<Outcome<T>> {
    const entry = this.#entries.get(path);
    if (entry !== undefined && this.#clock.nowMs() - entry.checkedMs < recheckMs) return entry.value;
    return this.#load(path, entry);
  }

  async #load(path: string, entry: Entry<T> | undefined): Promise<Outcome<T>> {
    const modifiedMs = await this.#files.modifiedMs(path);
    if (entry !== undefined && modifiedMs === entry.modifiedMs) {
      entry.checkedMs = this.#clock.nowMs();
      return entry.value;
    }
    this.#entries.delete(path);
    if (modifiedMs === undefined) return failure('certificate-fetch', `there is no file ${path}`, 'file');
    try {
      const value = await this.#parse(await this.#files.read(path));
      if (this.#entries.size >= maxFiles) this.#entries.clear();
      this.#entries.set(path, { value, modifiedMs, checkedMs: this.#clock.nowMs() });
      return value;
    } catch (error) {
      return failure('certificate-fetch', `${path}: ${errorText(error)}`, 'file');
    }
  }
}

export function privateKeyFiles(ports: { files: Files; clock: Clock }): ParsedFiles<KeyObject> {
  return new ParsedFiles(ports, readPrivateKey);
}

export function credentialFiles(ports: { files: Files; clock: Clock }): ParsedFiles<Credential> {
  return new ParsedFiles(ports, readCredential);
}
