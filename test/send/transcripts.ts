/** Sessions whose output stands in docs/send as it was: recorded by `node dist/test/send/record.js`, checked by a test. */
import { join } from 'node:path';
import { startProgram } from '../support/program.ts';
import { type Program, repository } from '../support/server.ts';
import { type Family, hasIpv6, kamailioHas, type Proto, type Stage, send, startStage } from './stage.ts';

interface Scene {
  readonly title: string;
  readonly text: string;
  /** Options without target; `$TARGET` and files are filled in. */
  args(stage: Stage): readonly string[];
  /** Somebody who waits for the request. */
  readonly beside?: (stage: Stage) => readonly string[];
}

export interface Transcript {
  readonly title: string;
  readonly text: string;
  /** What was typed and what came, with the exit code. */
  readonly lines: readonly string[];
}

const guarded = ['-fu', 'guarded', '-ap', 'open sesame'];
const call = ['--ring-time', '100', '--call-duration', '200'];

const scenes: readonly Scene[] = [
  { title: 'Is it alive?', text: 'OPTIONS, the default.', args: (stage) => [stage.target('udp')] },
  {
    title: 'Every byte',
    text: 'Whole messages, with direction, peer and time.',
    args: (stage) => ['-vv', '-xh', 'X-Reason: curiosity', stage.target('udp')],
  },
  {
    title: 'Register, stay, unregister',
    text: 'The server asks for a password.',
    args: (stage) => ['-register', '-ex', '60', '-sw', '200', ...guarded, '-sd', stage.target('udp')],
  },
  {
    title: 'A wrong password',
    text: '',
    args: (stage) => ['-register', '-fu', 'guarded', '-ap', 'guess', '-sd', stage.target('udp')],
  },
  {
    title: 'A message',
    text: 'To a user who waits in another terminal with `olelo send --listen -fu dave`.',
    args: (stage) => [
      '-message',
      '-mb',
      'Hello Dave',
      '-v',
      '-tu',
      'dave',
      '-su',
      '-sd',
      stage.target('udp'),
    ],
    beside: (stage) => ['--listen', '-fu', 'dave', '-sw', '10000', '-sd', stage.target('udp')],
  },
  {
    title: 'A call',
    text: 'To the same user: INVITE, wait, BYE.',
    args: (stage) => ['-invite', '-tu', 'dave', '-su', '-sw', '200', '-sd', stage.target('udp')],
    beside: (stage) => ['--listen', '-fu', 'dave', '-rt', '100', '-sw', '10000', '-sd', stage.target('udp')],
  },
  {
    title: 'A call that is refused',
    text: '',
    args: (stage) => ['-invite', '-tu', 'busy', '-su', '-sd', stage.target('udp')],
  },
  {
    title: 'A call that is given up',
    text: '',
    args: (stage) => [
      '--call-self',
      '-rt',
      '9000',
      '-cancel-after',
      '200',
      '-fu',
      'erin',
      '-sd',
      stage.target('udp'),
    ],
  },
  {
    title: 'Two users',
    text: 'Both register, the first calls the second.',
    args: (stage) => [
      '--call-user',
      ...call,
      '-fu',
      'alice',
      '--ua2-fuser',
      'bob',
      '-sd',
      stage.target('tcp'),
    ],
  },
  {
    title: 'A subscription',
    text: 'The NOTIFYs are printed and answered.',
    args: (stage) => [
      '--subscribe-session',
      '-sw',
      '300',
      '-fu',
      'gina',
      '-tu',
      'hugo',
      '-su',
      '-sd',
      stage.target('tcp'),
    ],
  },
];

const protos: readonly Proto[] = ['udp', 'tcp', 'tls', 'ws', 'wss'];

/** A call to oneself over one transport. */
function callOver(proto: Proto, family: Family): Scene {
  return {
    title: `${proto.toUpperCase()} over IPv${family}`,
    text: '',
    args: (stage) => [
      '--call-self',
      ...call,
      '-vl',
      '1',
      '-ladder',
      ...guarded,
      '-sd',
      ...stage.trust,
      stage.target(proto, family),
    ],
  };
}

export function canRecord(program: Program): boolean {
  return program === 'olelo' || ['tls', 'websocket', 'presence', 'db_sqlite'].every(kamailioHas);
}

/** Runs all scenes against a server. */
export async function runScenes(program: Program): Promise<Transcript[]> {
  const stage = await startStage({ program, tls: true, webSocket: true, presence: true });
  const families: readonly Family[] = hasIpv6() ? [4, 6] : [4];
  const calls = families.flatMap((family) => protos.map((proto) => callOver(proto, family)));
  try {
    const done: Transcript[] = [];
    for (const scene of [...scenes, ...calls]) done.push(await play(scene, stage));
    return done;
  } finally {
    await stage.stop();
  }
}

async function play(scene: Scene, stage: Stage): Promise<Transcript> {
  const waiting = scene.beside === undefined ? undefined : await waitBeside(scene.beside(stage));
  const args = scene.args(stage);
  const { code, stdout, stderr } = await send(args);
  waiting?.child.kill('SIGINT');
  await waiting?.ended;
  const typed = `$ olelo send ${args.map(quoted).join(' ')}`;
  const printed = Buffer.from(stdout + stderr, 'latin1').toString('utf8');
  const text = `${typed}\n${printed}[exit code ${code}]`;
  return {
    title: scene.title,
    text: scene.text,
    lines: plainPorts(text, stage)
      .split('\n')
      .map((line) => line.trimEnd()),
  };
}

async function waitBeside(args: readonly string[]) {
  const program = startProgram(join(repository, 'bin', 'olelo'), ['send', ...args], { timeoutMs: 60_000 });
  const deadline = Date.now() + 60_000;
  while (!program.output().includes('registered for') && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return program;
}

function quoted(arg: string): string {
  return /[^\w.:/=@+-]/.test(arg) ? `'${arg}'` : arg;
}

/** The usual ports instead of those that were free, and no temporary folders. */
function plainPorts(text: string, stage: Stage): string {
  const [sip, tls] = [stage.target('tcp'), stage.target('tls')].map(
    (target) => /\d+$/.exec(target)?.[0] ?? '',
  );
  const lines = text.replaceAll(`${stage.folder}/`, '').split('\n');
  return lines
    .map((line) => {
      const isHeading = /^ +\w+ +\w+:\S+:\d+( +\w+)?$/.test(line);
      const behind = isHeading ? ' ' : '';
      return line.replaceAll(`:${sip}`, `:5060${behind}`).replaceAll(`:${tls}`, `:5061${behind}`);
    })
    .join('\n');
}

/** What two runs of the same scene have in common, in any order: the network orders messages as it likes. */
export function comparable(lines: readonly string[]): string[] {
  return lines
    .filter((line) => !line.includes('(again)'))
    .map((line) =>
      line
        .replace(/\d\d:\d\d:\d\d\.\d{3}/g, 'TIME')
        .replace(/^ *\d+\.\d{3} {2}/, 'TIME  ')
        .replace(/in \d+(\.\d)? m?s\b/g, 'in DURATION')
        .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID')
        .replace(/(tag=|branch=)[\w.-]+/g, '$1ID')
        .replace(/(CSeq: )\d+/, '$1N')
        .replace(/(\d{1,3}(?:\.\d{1,3}){3}|\[::1\]|rport[=:]?):?=?\d{4,5}/g, '$1:PORT')
        .replace(/"[A-Za-z0-9+/=_-]{20,}"/g, '"NONCE"')
        .replace(/(Server: ).*/, '$1...')
        .replace(/(olelo send )\d+\.\d+\.\d+/, '$1VERSION')
        .replace(/expires=\d+/g, 'expires=N'),
    )
    .sort();
}

const intros: Readonly<Record<Program, string>> = {
  olelo: 'Olelo, with [test/send/server.cfg](../../test/send/server.cfg)',
  kamailio: 'Kamailio 5.6.3 of Debian 12, with [test/send/server.cfg](../../test/send/server.cfg)',
};

export function transcriptFile(program: Program): string {
  return join(repository, 'docs', 'send', `${program}.md`);
}

/** The page of a server. */
export function pageOf(program: Program, transcripts: readonly Transcript[]): string {
  const parts = transcripts.map(({ title, text, lines }) =>
    [
      `## ${title}`,
      ...(text === '' ? [] : ['', text]),
      '',
      ...lines.map((line) => (line === '' ? '' : `    ${line}`)),
    ].join('\n'),
  );
  const head = `# \`olelo send\` against ${program === 'olelo' ? 'Olelo' : 'Kamailio'}

Recorded by \`node dist/test/send/record.js\` against ${intros[program]}; a test runs the same commands and compares. Ports
were random, and are shown as 5060 and 5061; what stands behind \`$\` was typed.
`;
  return `${[head, ...parts].join('\n\n').replace(/\n{3,}/g, '\n\n')}\n`;
}

/** The transcripts of a page, by title. */
export function readPage(page: string): ReadonlyMap<string, string[]> {
  const found = new Map<string, string[]>();
  for (const part of page.split(/^## /m).slice(1)) {
    const [title = '', ...rest] = part.split('\n');
    const first = rest.findIndex((line) => line.startsWith('    $ '));
    const lines = rest.slice(first).map((line) => line.replace(/^ {4}/, ''));
    while (lines.at(-1) === '') lines.pop();
    found.set(title, lines);
  }
  return found;
}
