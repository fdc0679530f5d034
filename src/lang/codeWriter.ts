import { addMapping, GenMapping, setSourceContent, toEncodedMap } from '@jridgewell/gen-mapping';
import type { Span } from './source.ts';

export type SourceMap = ReturnType<typeof toEncodedMap>;

/** Lines of JavaScript with the places in the config that they come from. */
export class CodeWriter {
  readonly #file: string;
  readonly #lines: string[] = [];
  readonly #mappings: { readonly line: number; readonly column: number; readonly span: Span }[] = [];
  #indent = 0;

  constructor(file: string) {
    this.#file = file;
  }

  get text(): string {
    return `${this.#lines.join('\n')}\n`;
  }

  get sourceMap(): SourceMap {
    const map = new GenMapping({ file: this.#file });
    const files = new Set<string>();
    for (const { line, column, span } of this.#mappings) {
      const { file } = span;
      const original = file.locate(span.start);
      if (!files.has(file.path)) setSourceContent(map, file.path, file.text);
      files.add(file.path);
      addMapping(map, {
        generated: { line, column },
        source: file.path,
        original: { line: original.line, column: original.column - 1 },
      });
    }
    return toEncodedMap(map);
  }

  /** Runs `write`; takes back all that it has written when it answers false. */
  attempt(write: () => boolean): boolean {
    const { length } = this.#lines;
    const mappings = this.#mappings.length;
    if (write()) return true;
    this.#lines.length = length;
    this.#mappings.length = mappings;
    return false;
  }

  line(text: string, span?: Span): void {
    if (span) this.#mappings.push({ line: this.#lines.length + 1, column: this.#indent * 2, span });
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
}
