/** What a section of my.cnf says about connecting. */
export interface OptionGroup {
  user?: string;
  password?: string;
  host?: string;
  port?: number;
  socket?: string;
  database?: string;
  /** Paths of PEM files: authorities to trust, own certificate and its key. */
  'ssl-ca'?: string;
  'ssl-cert'?: string;
  'ssl-key'?: string;
}

const textOptions = [
  ...(['user', 'password', 'host', 'socket', 'database'] as const),
  ...(['ssl-ca', 'ssl-cert', 'ssl-key'] as const),
];

/**
 * The options of the sections `[client]` and `[group]` of my.cnf texts; what comes later wins, whichever of the two
 * sections it stands in.
 */
export function readOptionGroup(texts: readonly string[], group: string): OptionGroup {
  const found: OptionGroup = {};
  for (const text of texts) {
    let isOurs = false;
    for (const line of text.split('\n')) {
      const section = /^\s*\[([^\]]*)\]/.exec(line);
      if (section !== null) isOurs = section[1] === group || section[1] === 'client';
      else if (isOurs) assign(found, line);
    }
  }
  return found;
}

function assign(options: OptionGroup, line: string): void {
  const match = /^\s*([a-z][\w-]*)\s*=\s*(.*?)\s*$/i.exec(line);
  if (match === null) return;
  const [, name = '', written = ''] = match;
  const value = unquoted(written);
  const option = textOptions.find((candidate) => candidate === name.replaceAll('_', '-'));
  if (option !== undefined) options[option] = value;
  else if (name === 'port') options.port = Number(value);
}

/** Quotes around a value are no part of it; a `#` outside them begins a comment. */
function unquoted(value: string): string {
  const quoted = /^(["'])(.*?)\1/.exec(value);
  return quoted?.[2] ?? value.replace(/\s+#.*$/, '');
}
