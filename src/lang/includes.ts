import type { Files } from '../base/ports.ts';
import type { DiagnosticList } from './diagnostics.ts';
import { SourceFile, type Span } from './source.ts';

export type SourceReader = Pick<Files, 'readTextSync' | 'existsSync'>;

/** As the core cookbook says. */
const MAX_INCLUDE_DEPTH = 10;

/** Files that one config may include in all, the same one counted each time. */
const MAX_INCLUDES = 1000;

/** Characters of all files together. */
const MAX_CHARACTERS = 32_000_000;

/** Finds and reads the files that a config includes, within bounds. */
export class Includes {
  readonly #reader: SourceReader;
  readonly #diagnostics: DiagnosticList;
  #count = 0;
  #characters = 0;

  constructor(reader: SourceReader, diagnostics: DiagnosticList) {
    this.#reader = reader;
    this.#diagnostics = diagnostics;
  }

  /** `depth` is the number of files that are open; `span` the directive, where complaints go. */
  open(path: string, from: SourceFile, depth: number, optional: boolean, span: Span): SourceFile | undefined {
    if (!this.#allows(depth, span)) return undefined;
    const found = this.#find(path, from.path);
    if (found === undefined) {
      if (!optional) this.#diagnostics.error('OL0001', span, `cannot find '${path}'`);
      return undefined;
    }
    try {
      const text = this.#reader.readTextSync(found);
      this.#characters += text.length;
      return new SourceFile(found, text);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#diagnostics.error('OL0001', span, `cannot read '${found}': ${reason}`);
      return undefined;
    }
  }

  #allows(depth: number, span: Span): boolean {
    if (depth > MAX_INCLUDE_DEPTH) {
      this.#diagnostics.error('OL0002', span, `more than ${MAX_INCLUDE_DEPTH} files include each other`);
      return false;
    }
    if (++this.#count > MAX_INCLUDES || this.#characters > MAX_CHARACTERS) {
      this.#diagnostics.error(
        'OL0002',
        span,
        `more than ${MAX_INCLUDES} includes, or more text than is sensible`,
      );
      return false;
    }
    return true;
  }

  /** Relative to the working directory first, then to the including file. */
  #find(path: string, from: string): string | undefined {
    if (this.#reader.existsSync(path)) return path;
    const slash = from.lastIndexOf('/');
    if (path.startsWith('/') || slash < 0) return undefined;
    const beside = from.slice(0, slash + 1) + path;
    return this.#reader.existsSync(beside) ? beside : undefined;
  }
}
