import { callFunction } from './functions.ts';
import { parseTemplate } from './parse.ts';
import { type Expression, type Node, TemplateError } from './syntax.ts';
import { isTrue, valueText } from './values.ts';

/** Output of one template at most, characters. */
const maxOutput = 16 * 1024 * 1024;

/** Fills a template. Throws a `TemplateError` for mistakes in it, and for fields that it prints but that are not there. */
export function renderTemplate(source: string, fields: Readonly<Record<string, unknown>>): string {
  const out = new Output(fields);
  out.nodes(parseTemplate(source), fields);
  return out.text;
}

class Output {
  text = '';
  readonly #root: unknown;

  constructor(root: unknown) {
    this.#root = root;
  }

  nodes(nodes: readonly Node[], dot: unknown): void {
    for (const node of nodes) this.#node(node, dot);
  }

  #node(node: Node, dot: unknown): void {
    switch (node.kind) {
      case 'text':
        this.#add(node.text);
        return;
      case 'output':
        this.#add(this.#printed(node.expression, dot));
        return;
      case 'if':
        this.nodes(isTrue(this.#value(node.condition, dot)) ? node.body : node.otherwise, dot);
        return;
      case 'with': {
        const value = this.#value(node.condition, dot);
        if (isTrue(value)) this.nodes(node.body, value);
        else this.nodes(node.otherwise, dot);
        return;
      }
      case 'range':
        this.#range(node.body, node.otherwise, this.#value(node.condition, dot), dot);
    }
  }

  #range(body: readonly Node[], otherwise: readonly Node[], value: unknown, dot: unknown): void {
    const list = Array.isArray(value)
      ? (value as readonly unknown[])
      : typeof value === 'object' && value !== null
        ? Object.values(value)
        : [];
    if (list.length === 0) this.nodes(otherwise, dot);
    for (const each of list) this.nodes(body, each);
  }

  #printed(expression: Expression, dot: unknown): string {
    const value = this.#value(expression, dot);
    if (value === undefined || value === null) {
      const name = expression.kind === 'field' ? `.${expression.path.join('.')}` : 'an expression';
      throw new TemplateError(`the template prints ${name}, which has no value`);
    }
    return valueText(value);
  }

  #value(expression: Expression, dot: unknown): unknown {
    switch (expression.kind) {
      case 'value':
        return expression.value;
      case 'field':
        return fieldOf(expression.fromRoot ? this.#root : dot, expression.path);
      case 'call':
        return callFunction(
          expression.name,
          expression.args.map((arg) => this.#value(arg, dot)),
        );
    }
  }

  #add(text: string): void {
    this.text += text;
    if (this.text.length > maxOutput) throw new TemplateError('the template makes more than 16 MB');
  }
}

function fieldOf(dot: unknown, path: readonly string[]): unknown {
  let value = dot;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}
