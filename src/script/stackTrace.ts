import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';

/** Rewrites the places of generated code in a stack trace to file and line of the config. */
export class StackTraces {
  readonly #frame: RegExp;
  readonly #map: TraceMap;

  /** `scriptName`: under which name V8 knows the generated code. */
  constructor(scriptName: string, sourceMap: string) {
    this.#frame = new RegExp(`${scriptName.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}:(\\d+):(\\d+)`, 'g');
    this.#map = new TraceMap(sourceMap);
  }

  mapped(stack: string): string {
    return stack.replace(this.#frame, (frame, line: string, column: string) => {
      const original = originalPositionFor(this.#map, { line: Number(line), column: Number(column) - 1 });
      return original.source === null ? frame : `${original.source}:${original.line}:${original.column + 1}`;
    });
  }

  /**
   * File, line and JavaScript function (`route_RELAY`) of the innermost frame that is generated code; undefined when
   * there is none.
   */
  siteOf(
    stack: string,
  ): { readonly file: string; readonly line: number; readonly functionName: string } | undefined {
    for (const match of stack.matchAll(this.#frame)) {
      const [, line, column] = match;
      const original = originalPositionFor(this.#map, { line: Number(line), column: Number(column) - 1 });
      if (original.source === null) continue;
      const before = stack.slice(stack.lastIndexOf('\n', match.index) + 1, match.index);
      const functionName = /at (?:async )?(\w+) \(/.exec(before)?.[1] ?? '';
      return { file: original.source, line: original.line, functionName };
    }
    return undefined;
  }
}
