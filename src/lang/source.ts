/** Config files and places in them. A span always points at text that the user wrote. */

export class SourceFile {
  readonly path: string;
  readonly text: string;
  #lineStarts: number[] | undefined;

  constructor(path: string, text: string) {
    this.path = path;
    this.text = text;
  }

  /** Line and column, both from 1, of an offset into the text. */
  locate(offset: number): { readonly line: number; readonly column: number } {
    const starts = this.#starts();
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - starts[low]! + 1 };
  }

  /** The text of a line (from 1), without its end. */
  lineText(line: number): string {
    const starts = this.#starts();
    const start = starts[line - 1];
    if (start === undefined) return '';
    const end = this.text.indexOf('\n', start);
    const text = this.text.slice(start, end < 0 ? undefined : end);
    return text.endsWith('\r') ? text.slice(0, -1) : text;
  }

  #starts(): number[] {
    if (this.#lineStarts) return this.#lineStarts;
    const starts = [0];
    for (let at = this.text.indexOf('\n'); at >= 0; at = this.text.indexOf('\n', at + 1)) starts.push(at + 1);
    this.#lineStarts = starts;
    return starts;
  }
}

/** Characters `start` to `end` (exclusive) of a file. */
export interface Span {
  readonly file: SourceFile;
  readonly start: number;
  readonly end: number;
}

/** From the start of one span to the end of another; the first alone when they lie in different files. */
export function joinSpans(from: Span, to: Span): Span {
  if (from.file !== to.file || to.end < from.start) return from;
  return { file: from.file, start: from.start, end: to.end };
}
