/** Runs one case against one server and returns what the peers received. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Inbox } from '../support/inbox.ts';
import { ownAddress } from '../support/loopback.ts';
import { MediaNode, type NodeProtocol } from '../support/mediaNode.ts';
import { NgProtocol } from '../support/ngProtocol.ts';
import type { Received } from '../support/peer.ts';
import { RtpproxyProtocol } from '../support/rtpproxyProtocol.ts';
import { type Program, type Readiness, type RunningServer, startServer } from '../support/server.ts';
import { kindOf, readSip } from '../support/sipText.ts';
import { makeSqliteDatabase, sqliteRows } from '../support/sqlite.ts';
import { Actor, parseHeaders, splitHeadAndBody } from './actor.ts';
import type { Case, Step } from './caseFile.ts';
import { makeCertificates } from './certificates.ts';
import { authenticateOrder } from './credentials.ts';
import { tlsPort, wayOf } from './ways.ts';

/** The address that case files are written with; every run replaces it by one of its own, of the same length. */
export const writtenAddress = '127.111.111.111';
export const serverPort = 5060;
const firstPeerPort = 5071;
/** Media nodes, by their ports. */
const nodePorts = { M: 2223, N: 2224 };
/** It passes only where something is wrong. */
const expectTimeoutMs = 15_000;
/** How long nothing may arrive at the end before a case counts as over. */
const quietMs = 150;
/** Configs that must be refused are refused at once. */
const refusalTimeoutMs = 30_000;

export interface Outcome {
  /** What each peer received, in the order of arrival, with the written address put back. */
  readonly received: ReadonlyMap<string, readonly Received[]>;
  /** What the `rows` steps found, a line for each row. */
  readonly rows: readonly string[];
  /** The server refused the config. */
  readonly rejected: boolean;
  /** Why the case could not be played to its end; the server's log follows. */
  readonly trouble: string | undefined;
  readonly log: string;
}

export async function playCase(testCase: Case, program: Program): Promise<Outcome> {
  const address = ownAddress();
  const actors = peersOf(testCase).map((name) => newActor(name, address, testCase));
  const nodes = nodesOf(testCase, address);
  const folder = mkdtempSync(join(tmpdir(), 'olelo-case-'));
  const config = join(folder, 'case.cfg');
  writeFileSync(config, configText(testCase, folder).replaceAll(writtenAddress, address), 'latin1');
  const database = databaseIn(folder);
  for (const [name, text] of testCase.files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), placed(text, folder).replaceAll(writtenAddress, address), 'latin1');
  }
  if (usesCertificates(testCase)) {
    await makeCertificates(join(folder, 'tls'), address);
    for (const actor of actors) actor.certificates = join(folder, 'tls');
  }
  try {
    if (testCase.sql !== undefined)
      await makeSqliteDatabase(database, testCase.sql.replaceAll(writtenAddress, address));
    await Promise.all([...actors, ...nodes].map((each) => each.open()));
    if (testCase.steps[0]?.verb === 'rejected')
      return await expectRefusal(testCase, program, config, address);
    return await playSteps(testCase, program, { config, folder, address, database }, { actors, nodes });
  } finally {
    await Promise.all([...actors, ...nodes].map((each) => each.close()));
    rmSync(folder, { recursive: true, force: true });
  }
}

function placed(text: string, folder: string): string {
  return text.replaceAll('{folder}', folder);
}

/** Do config or files name `{folder}/tls/...`? */
function usesCertificates(testCase: Case): boolean {
  return [testCase.config, ...testCase.files.values()].some((text) => text.includes('{folder}/tls/'));
}

function databaseIn(folder: string): string {
  return join(folder, 'kamailio.sqlite');
}

/** The peers that a case names, A to F. */
function peersOf(testCase: Case): string[] {
  const named = testCase.steps.flatMap((step) => step.words.filter((word) => /^[A-F]$/.test(word)));
  const inTexts = testCase.steps.flatMap((step) =>
    [...step.text.matchAll(/:507([1-6])\b/g)].map((m) => m[1]!),
  );
  const inConfig = [...testCase.config.matchAll(/:507([1-6])\b/g)].map((m) => m[1]!);
  const ports = [...inTexts, ...inConfig].map((digit) => String.fromCharCode(64 + Number(digit)));
  return [...new Set([...named, ...ports])].sort();
}

/** Stand-ins for the media nodes that a config names. */
function nodesOf(testCase: Case, address: string): MediaNode[] {
  return Object.entries(nodePorts)
    .filter(([, port]) => testCase.config.includes(`:${port}`))
    .map(([name, port]) => {
      const node = new MediaNode(name, address, port, protocolOf(testCase));
      node.keepRepeats = testCase.keepRepeats;
      return node;
    });
}

function protocolOf(testCase: Case): NodeProtocol {
  if (testCase.nodes === 'ng') return new NgProtocol();
  if (testCase.nodes === 'rtpproxy') return new RtpproxyProtocol();
  throw new Error(`${testCase.name}: no node speaks ${testCase.nodes}`);
}

function newActor(name: string, address: string, testCase: Case): Actor {
  const actor = new Actor(name, address, firstPeerPort + name.charCodeAt(0) - 65, testCase.name);
  actor.keepRepeats = testCase.keepRepeats;
  return actor;
}

/** What is common to all cases stands before the case's own lines. `{folder}` is a temporary folder of the run. */
export function configText(testCase: Case, folder: string): string {
  const preamble = [
    '#!KAMAILIO',
    'debug=2',
    'log_stderror=yes',
    'children=1',
    'tcp_children=1',
    'auto_aliases=no',
    'dns=no',
    'rev_dns=no',
    'dns_try_ipv6=no',
    `listen=udp:${writtenAddress}:${serverPort}`,
    `listen=tcp:${writtenAddress}:${serverPort}`,
    'server_header="Server: differential"',
    'user_agent_header="User-Agent: differential"',
    ...testCase.modules.map((name) => `loadmodule "${name}.so"`),
  ];
  return `${preamble.join('\n')}\n${placed(testCase.config, folder)}\n`;
}

/** All that receive something. */
interface Parties {
  readonly actors: readonly Actor[];
  readonly nodes: readonly MediaNode[];
}

type Party = Inbox & { readonly name: string; seen: number };

interface Place {
  readonly config: string;
  readonly folder: string;
  readonly address: string;
  readonly database: string;
}

async function playSteps(
  testCase: Case,
  program: Program,
  { config, folder, address, database }: Place,
  parties: Parties,
): Promise<Outcome> {
  const all: readonly Party[] = [...parties.actors, ...parties.nodes];
  const rows: string[] = [];
  let server: RunningServer | undefined;
  let trouble: string | undefined;
  let log = '';
  try {
    server = await startServer({
      program,
      config,
      args: testCase.args,
      readyWhen: sockets(testCase, address),
    });
    for (const step of testCase.steps) {
      if (step.verb === 'rows') rows.push(...rowLines(step, database, address));
      else if (step.verb === 'show') rows.push(...fileLines(step.words[0] ?? '', folder, address));
      else await playStep(step, parties, address);
    }
    await untilQuiet(all);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    [trouble, log = ''] = text.split(/\n(.*)/s);
  }
  await server?.stop();
  return { received: collect(all, address), rows, rejected: false, trouble, log: server?.log() ?? log };
}

/** `rows`: the query below it, each row as a line. */
function rowLines(step: Step, database: string, address: string): string[] {
  const found = sqliteRows(database, step.text.replaceAll(writtenAddress, address));
  const cell = (value: unknown): string =>
    value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value);
  const lines = found.map((row) => row.map(cell).join(' | ').replaceAll(address, writtenAddress));
  return [step.text.replaceAll('\n', ' '), ...(lines.length === 0 ? ['(no row)'] : lines)];
}

/** `show logs/acc`: the lines of all files whose path begins so (Kamailio has one for each process). */
function fileLines(prefix: string, folder: string, address: string): string[] {
  const start = join(folder, prefix);
  const names = readdirSync(dirname(start)).filter((name) => name.startsWith(basename(start)));
  const texts = names.map((name) => readFileSync(join(dirname(start), name), 'latin1'));
  const lines = texts
    .join('')
    .replaceAll(address, writtenAddress)
    .replace(/\b1[6-9]\d{8}\b/g, '<time>')
    .split('\n');
  return [prefix, ...lines.filter((line) => line !== '')];
}

function sockets(testCase: Case, address: string): Readiness[] {
  const tls: Readiness = { kind: 'tcp', address, port: tlsPort };
  return [
    { kind: 'udp', address, port: serverPort },
    { kind: 'tcp', address, port: serverPort },
    ...(/^listen=tls:/m.test(testCase.config) ? [tls] : []),
  ];
}

async function expectRefusal(
  testCase: Case,
  program: Program,
  config: string,
  address: string,
): Promise<Outcome> {
  const nothing = new Map<string, Received[]>();
  try {
    const server = await startServer({
      program,
      config,
      args: testCase.args,
      readyWhen: sockets(testCase, address),
      startTimeoutMs: refusalTimeoutMs,
    });
    await server.stop();
    return { received: nothing, rows: [], rejected: false, trouble: undefined, log: server.log() };
  } catch (error) {
    return { received: nothing, rows: [], rejected: true, trouble: undefined, log: String(error) };
  }
}

async function playStep(step: Step, { actors, nodes }: Parties, address: string): Promise<void> {
  const local = (text: string): string => text.replaceAll(writtenAddress, address);
  if (step.verb === 'quiet') return pause(Number(step.words[0]));
  const node = nodes.find(({ name }) => name === step.words[0]);
  if (node !== undefined) return step.verb === 'expect' ? expect(step, node) : setMode(step, node);
  const actor = actors.find(({ name }) => name === step.words[0]);
  if (actor === undefined) throw new Error(`line ${step.line}: no peer "${step.words[0]}"`);
  const [head, body] = splitHeadAndBody(local(step.text));
  if (step.verb === 'expect') return expect(step, actor);
  try {
    if (step.verb === 'send') actor.sendText(local(step.text), wayOf(step.words.slice(1)));
    else if (step.verb === 'resend') actor.resend();
    else if (step.verb === 'ack') actor.ack(parseHeaders(head));
    else if (step.verb === 'cancel') actor.cancel(parseHeaders(head));
    else if (step.verb === 'authenticate')
      actor.authenticate(authenticateOrder(step.words.slice(1)), parseHeaders(head));
    else if (step.verb === 'request') actor.request(step.words[1] ?? '', parseHeaders(head), body);
    else if (step.verb === 'reply') reply(step, actor, head, body);
  } catch (error) {
    throw new Error(`line ${step.line}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** `node N ok`, `node N silent`, `node N error The reason` */
function setMode(step: Step, node: MediaNode): void {
  const [, kind = '', ...words] = step.words;
  if (kind === 'ok' || kind === 'silent') node.mode = { kind };
  else if (kind === 'error') node.mode = { kind, text: words.join(' ') };
  else throw new Error(`line ${step.line}: a node is ok, silent or error, not "${kind}"`);
}

/** `reply B 200 OK [to INVITE] [2] [tag x]` */
function reply(step: Step, actor: Actor, head: string, body: string): void {
  const order = /^(\d{3}) (.*?)(?: to ([A-Z]+)(?: (\d+))?)?(?: tag (\S+))?$/.exec(
    step.words.slice(1).join(' '),
  );
  if (order === null) throw new Error('a reply needs a status and a reason');
  const [, status = '', reason = '', method, nth, tag] = order;
  const headers = parseHeaders(head);
  actor.reply({
    status,
    reason,
    method,
    nth: nth === undefined ? undefined : Number(nth),
    tag,
    headers,
    body,
  });
}

/** `expect A 100 180 [within 5000]`: the next messages at A are of these kinds; `*` is any. */
async function expect(step: Step, actor: Party): Promise<void> {
  const words = step.words.slice(1);
  const within = words.indexOf('within');
  const timeoutMs = within < 0 ? expectTimeoutMs : Number(words[within + 1]);
  const kinds = within < 0 ? words : words.slice(0, within);
  for (const kind of kinds) {
    const arrived = await actor.holds(actor.seen + 1, timeoutMs);
    if (!arrived) throw new Error(`line ${step.line}: ${actor.name} did not receive ${kind}`);
    const got = kindOf(readSip(actor.inbox[actor.seen]!.text));
    actor.seen++;
    if (kind !== '*' && got !== kind) {
      throw new Error(`line ${step.line}: ${actor.name} received ${got} instead of ${kind}`);
    }
  }
}

async function untilQuiet(actors: readonly Party[]): Promise<void> {
  const total = (): number => actors.reduce((sum, actor) => sum + actor.inbox.length, 0);
  for (let before = -1; before !== total(); ) {
    before = total();
    await pause(quietMs);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function collect(actors: readonly Party[], address: string): Map<string, Received[]> {
  const back = (received: Received): Received => ({
    ...received,
    text: received.text.replaceAll(address, writtenAddress),
  });
  return new Map(actors.map((actor) => [actor.name, actor.inbox.map(back)]));
}
