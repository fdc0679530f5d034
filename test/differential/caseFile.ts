/**
 * The format of a case file (see README.md): comment lines that say what is checked, `modules:` and `args:` lines,
 * then sections that begin with `== `.
 */

export interface Step {
  readonly verb: string;
  readonly words: readonly string[];
  /** The lines below the step, without the empty lines at their end. */
  readonly text: string;
  readonly line: number;
}

export interface Case {
  readonly name: string;
  readonly description: string;
  readonly modules: readonly string[];
  /** Extra words of the server's command line. */
  readonly args: readonly string[];
  readonly keepRepeats: boolean;
  /** What media nodes in the config speak. */
  readonly nodes: string;
  readonly config: string;
  /** Statements for a database `{folder}/kamailio.sqlite` with the standard tables; undefined for none. */
  readonly sql: string | undefined;
  /** Files of the temporary folder, by their path in it. */
  readonly files: ReadonlyMap<string, string>;
  readonly steps: readonly Step[];
}

const verbs = new Set([
  ...['send', 'resend', 'reply', 'ack', 'cancel', 'request', 'expect', 'quiet', 'rejected'],
  ...['rows', 'node', 'authenticate', 'show'],
]);

export function parseCase(name: string, text: string): Case {
  const [head = '', ...sections] = text.split(/^== /m);
  const lineOf = lineNumbers(head, sections);
  const steps = sections.map((section, i) => parseStep(section, lineOf[i] ?? 0));
  const config = steps.find((step) => step.verb === 'cfg');
  if (config === undefined) throw new Error(`${name}: no section "== cfg"`);
  const sql = steps.find((step) => step.verb === 'sql');
  const files = steps.filter((step) => step.verb === 'file');
  const rest = steps.filter((step) => step !== config && step !== sql && step.verb !== 'file');
  for (const step of rest) {
    if (!verbs.has(step.verb)) throw new Error(`${name}:${step.line}: unknown step "${step.verb}"`);
  }
  return {
    name,
    ...parseHead(name, head),
    config: config.text,
    sql: sql?.text,
    files: new Map(files.map(({ words, text }) => [words[0] ?? '', `${text}\n`])),
    steps: rest,
  };
}

function lineNumbers(head: string, sections: readonly string[]): number[] {
  let line = head.split('\n').length;
  return sections.map((section) => {
    const start = line;
    line += section.split('\n').length - 1;
    return start;
  });
}

function parseHead(
  name: string,
  head: string,
): Pick<Case, 'description' | 'modules' | 'args' | 'keepRepeats' | 'nodes'> {
  const description: string[] = [];
  const settings = new Map<string, string[]>();
  for (const line of head.split('\n').filter((l) => l.trim() !== '')) {
    if (line.startsWith('#')) description.push(line.slice(1).trim());
    else {
      const [key = '', value = ''] = line.split(/:(.*)/);
      if (!['modules', 'args', 'repeats', 'nodes'].includes(key))
        throw new Error(`${name}: unknown setting "${key}"`);
      settings.set(key, value.trim().split(/\s+/));
    }
  }
  if (description.length === 0) throw new Error(`${name}: says nothing of what it checks`);
  return {
    description: description.join(' '),
    modules: settings.get('modules') ?? [],
    args: settings.get('args') ?? [],
    keepRepeats: settings.get('repeats')?.[0] === 'kept',
    nodes: settings.get('nodes')?.[0] ?? 'ng',
  };
}

function parseStep(section: string, line: number): Step {
  const end = section.indexOf('\n');
  const title = (end < 0 ? section : section.slice(0, end)).trim();
  const [verb = '', ...words] = title.split(/\s+/);
  const text = end < 0 ? '' : section.slice(end + 1).replace(/\n+$/, '');
  return { verb, words, text, line };
}
