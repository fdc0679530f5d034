type LinkKind = 'call' | 'getter' | 'setter' | 'variable';
type MadeKind = 'pattern' | 'casePattern' | 'regexArgument' | 'addressRange';

const letters: Readonly<Record<LinkKind | MadeKind, string>> = {
  call: 'f',
  getter: 'g',
  setter: 's',
  variable: 'v',
  pattern: 'p',
  casePattern: 'q',
  regexArgument: 'x',
  addressRange: 'n',
};

/** The constants of generated code: what is fetched from the link table, and what is made once from a text. */
export class LinkNames {
  readonly #names = new Map<string, string>();
  readonly #declarations: string[] = [];

  link(kind: LinkKind, id: string): string {
    return this.#name(kind, id, `link.${kind}(${JSON.stringify(id)})`);
  }

  make(kind: MadeKind, text: string): string {
    return this.#name(kind, text, `ops.${kind}(${JSON.stringify(text)})`);
  }

  get declarations(): readonly string[] {
    return this.#declarations;
  }

  #name(kind: LinkKind | MadeKind, id: string, initializer: string): string {
    const key = `${kind} ${id}`;
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const suffix = identifierOf(id).slice(0, 30);
    const name = `${letters[kind]}${this.#names.size}${suffix === '' ? '' : `_${suffix}`}`;
    this.#names.set(key, name);
    this.#declarations.push(`const ${name} = ${initializer};`);
    return name;
  }
}

/** Letters, digits and underscores of a text, as part of a JavaScript name. */
export function identifierOf(text: string): string {
  return text.replace(/[^A-Za-z0-9]+/g, '_').replace(/^_+|_+$/g, '');
}
