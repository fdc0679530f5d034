/** Templates in the language of Go's text/template, as far as SIP messages want it. */

export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'output'; readonly expression: Expression }
  | {
      readonly kind: 'if' | 'with' | 'range';
      readonly condition: Expression;
      readonly body: readonly Node[];
      readonly otherwise: readonly Node[];
    };

export type Expression =
  | { readonly kind: 'value'; readonly value: unknown }
  /** `.a.b`, or `$.a` from the root. */
  | { readonly kind: 'field'; readonly path: readonly string[]; readonly fromRoot: boolean }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] };

/** A mistake in a template or in what it is filled with; the message is for the user. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

export function templateError(source: string, offset: number, why: string): TemplateError {
  const line = source.slice(0, offset).split('\n').length;
  return new TemplateError(`template line ${line}: ${why}`);
}
