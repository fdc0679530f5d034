import { ServerError } from '../../base/errors.ts';
import {
  type DocumentChange,
  type DocumentStore,
  type Presentity,
  type PublishedDocument,
  presentityKey,
} from './documentStore.ts';

/** Documents in memory at most, and characters in all of them together. */
const maxDocuments = 200_000;
const maxCharacters = 512 * 1024 * 1024;

export interface MemoryDocumentsOptions {
  readonly nowSec: () => number;
  readonly ignoresCase: boolean;
  /** Negative when the first document shall stand first; without it the oldest counts most. */
  readonly order: ((a: PublishedDocument, b: PublishedDocument) => number) | undefined;
}

/** Documents in memory alone (publ_cache 2). */
export class MemoryDocuments implements DocumentStore {
  readonly #options: MemoryDocumentsOptions;
  readonly #groups = new Map<string, PublishedDocument[]>();
  #count = 0;
  #characters = 0;

  constructor(options: MemoryDocumentsOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {}

  /** As the real server has it in this mode, the document that came first counts most. */
  async list(presentity: Presentity): Promise<readonly PublishedDocument[]> {
    const group = this.#groups.get(this.#key(presentity)) ?? [];
    const alive = group.filter((document) => this.#isAlive(document));
    return this.#options.order === undefined ? alive.reverse() : alive.sort(this.#options.order);
  }

  async add(document: PublishedDocument): Promise<void> {
    if (this.#count >= maxDocuments || this.#characters + document.body.length > maxCharacters)
      throw new ServerError('PRESENCE_FULL', 'there is no room for further documents');
    const key = this.#key(document);
    const group = this.#groups.get(key);
    if (group === undefined) this.#groups.set(key, [document]);
    else group.push(document);
    this.#count++;
    this.#characters += document.body.length;
  }

  async change(presentity: Presentity, etag: string, change: DocumentChange): Promise<boolean> {
    const { group, at } = this.#find(presentity, etag);
    const document = group[at];
    if (document === undefined || !this.#isAlive(document)) return false;
    const changed = { ...document, ...change };
    this.#characters += changed.body.length - document.body.length;
    group[at] = changed;
    return true;
  }

  async remove(presentity: Presentity, etag: string): Promise<boolean> {
    const { group, at } = this.#find(presentity, etag);
    const document = group[at];
    if (document === undefined) return false;
    group.splice(at, 1);
    if (group.length === 0) this.#groups.delete(this.#key(presentity));
    this.#count--;
    this.#characters -= document.body.length;
    return true;
  }

  async takeExpired(limit: number): Promise<readonly PublishedDocument[]> {
    const expired: PublishedDocument[] = [];
    for (const document of this.inMemory) {
      if (expired.length >= limit) break;
      if (!this.#isAlive(document)) expired.push(document);
    }
    for (const document of expired) await this.remove(document, document.etag);
    return expired;
  }

  get inMemory(): Iterable<PublishedDocument> {
    return documentsOf(this.#groups.values());
  }

  #find(presentity: Presentity, etag: string): { group: PublishedDocument[]; at: number } {
    const group = this.#groups.get(this.#key(presentity)) ?? [];
    return { group, at: group.findIndex((document) => document.etag === etag) };
  }

  #isAlive(document: PublishedDocument): boolean {
    return document.expiresSec >= this.#options.nowSec();
  }

  #key(presentity: Presentity): string {
    return presentityKey(presentity, this.#options.ignoresCase);
  }
}

function* documentsOf(groups: Iterable<readonly PublishedDocument[]>): Iterable<PublishedDocument> {
  for (const group of groups) yield* group;
}
