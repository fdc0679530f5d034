import { addMapping, GenMapping, setSourceContent, toEncodedMap } from '@jridgewell/gen-mapping';
import type { Span } from './source.ts';

export type SourceMap = ReturnType<typeof toEncodedMap>;

/** Lines of JavaScript with the places in the config that they come from. */
export class CodeWriter {
  readonly #lines: string[] = [];
  readonly #map: GenMapping;
  readonly #files = new Set<string>();
  #indent = 0;

  constructor(file: string) {
    this.#map = new GenMapping({ file });
  }

  get text(): string {
    return `${this.#lines.join('\n')}\n`;
  }

  get sourceMap(): SourceMap {
    return toEncodedMap(this.#map);
  }

  /** Lines written so far; `insert` puts more in at such a place. */
  get lineCount(): number {
    return this.#lines.length;
  }

  line(text: string, span?: Span): void {
    if (span) this.#mapTo(span);
    this.#lines.push('  '.repeat(this.#indent) + text);
  }

  open(text: string, span?: Span): void {
    this.line(text, span);
    this.#indent++;
  }

  close(text = '}'): void {
    this.#indent--;
    this.line(text);
  }

  /** `} else {` and the like. */
  reopen(text: string): void {
    this.close(text);
    this.#indent++;
  }

  /** Keeps a line for text that is known only later, e.g. declarations of temporaries. */
  reserve(): (text: string) => void {
    const at = this.#lines.length;
    const indent = '  '.repeat(this.#indent);
    this.#lines.push('');
    return (text) => {
      this.#lines[at] = indent + text;
    };
  }

  #mapTo(span: Span): void {
    const { file } = span;
    const original = file.locate(span.start);
    if (!this.#files.has(file.path)) {
      this.#files.add(file.path);
      setSourceContent(this.#map, file.path, file.text);
    }
    addMapping(this.#map, {
      generated: { line: this.#lines.length + 1, column: this.#indent * 2 },
      source: file.path,
      original: { line: original.line, column: original.column - 1 },
    });
  }
}
