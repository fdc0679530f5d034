import { ServerError } from '../src/base/errors.ts';
import type { Files } from '../src/base/ports.ts';

/** Files in memory, by absolute path. */
export class SimFiles implements Files {
  readonly #files = new Map<string, Buffer>();
  readonly #modifiedMs = new Map<string, number>();
  readonly #wallMs: () => number;
  /** Writes fail while this is set: a full disk. */
  full = false;

  constructor(files: Readonly<Record<string, string>> = {}, wallMs: () => number = () => 0) {
    this.#wallMs = wallMs;
    for (const [path, text] of Object.entries(files)) this.#files.set(path, Buffer.from(text));
  }

  async read(path: string): Promise<Buffer> {
    return Buffer.from(this.#get(path));
  }

  async write(path: string, data: string | Uint8Array): Promise<void> {
    this.#checkSpace(path);
    this.#put(path, Buffer.from(data as string));
  }

  async append(path: string, data: string | Uint8Array): Promise<void> {
    this.#checkSpace(path);
    const before = this.#files.get(path) ?? Buffer.alloc(0);
    this.#put(path, Buffer.concat([before, Buffer.from(data as string)]));
  }

  async exists(path: string): Promise<boolean> {
    return this.existsSync(path);
  }

  async modifiedMs(path: string): Promise<number | undefined> {
    return this.#files.has(path) ? (this.#modifiedMs.get(path) ?? 0) : undefined;
  }

  readTextSync(path: string): string {
    return this.#get(path).toString('utf8');
  }

  existsSync(path: string): boolean {
    return this.#files.has(path) || this.listSync(path).length > 0;
  }

  listSync(path: string): readonly string[] {
    const prefix = path.endsWith('/') ? path : `${path}/`;
    const names = new Set<string>();
    for (const file of this.#files.keys()) {
      if (file.startsWith(prefix)) names.add(file.slice(prefix.length).split('/', 1)[0] as string);
    }
    return [...names].sort();
  }

  #put(path: string, data: Buffer): void {
    this.#files.set(path, data);
    this.#modifiedMs.set(path, this.#wallMs());
  }

  #get(path: string): Buffer {
    const data = this.#files.get(path);
    if (data === undefined) throw new ServerError('ENOENT', `no such file: ${path}`);
    return data;
  }

  #checkSpace(path: string): void {
    if (this.full) throw new ServerError('ENOSPC', `writing ${path}: no space left`);
  }
}
