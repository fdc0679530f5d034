/** Debian's rtpengine in userspace mode on loopback, started by the test in a temporary folder. */
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type Dictionary, decodeDictionary, encode } from '../../src/modules/rtpengine/bencode.ts';
import { freePort } from './loopback.ts';
import { killGroup, type RunningProgram, startProgram } from './program.ts';
import { requireTool } from './tools.ts';

export interface RtpengineOptions {
  /** Where media is relayed, as `--interface` takes them. Default: 127.0.0.1. */
  readonly interfaces?: readonly string[];
  /** Where it listens for commands; a free port when not said. */
  readonly port?: number;
  /** Further words of the command line. */
  readonly args?: readonly string[];
  /** Longest life; the whole test, 120 s unless told. */
  readonly timeoutMs?: number;
}

const readyTimeoutMs = 60_000;
/** Of a question to an engine that runs. */
const askTimeoutMs = 5_000;
/** Of one that may not listen yet. */
const probeTimeoutMs = 200;
const mediaPorts = 400;

export class Rtpengine {
  /** Where it listens for commands. */
  readonly address = '127.0.0.1';
  readonly port: number;
  readonly folder: string;
  readonly #path: string;
  readonly #args: readonly string[];
  readonly #timeoutMs: number;
  #program: RunningProgram | undefined;

  constructor(path: string, port: number, options: RtpengineOptions = {}) {
    const firstMediaPort = randomInt(20, 140) * mediaPorts;
    this.port = port;
    this.folder = mkdtempSync(join(tmpdir(), 'olelo-rtpengine-'));
    this.#path = path;
    this.#timeoutMs = options.timeoutMs ?? 120_000;
    this.#args = [
      ...['--config-file=none', '-f', '-E', '-t', '-1', '-n', `${this.address}:${port}`],
      ...(options.interfaces ?? ['127.0.0.1']).flatMap((each) => ['-i', each]),
      ...['-m', String(firstMediaPort), '-M', String(firstMediaPort + mediaPorts - 1)],
      `--recording-dir=${this.folder}`,
      ...(options.args ?? []),
    ];
  }

  /** `udp:127.0.0.1:PORT`, as `rtpengine_sock` has it. */
  get url(): string {
    return `udp:${this.address}:${this.port}`;
  }

  get log(): string {
    return this.#program?.output() ?? '';
  }

  /** Resolves when it answers a ping. */
  async start(): Promise<void> {
    this.#program = startProgram(this.#path, this.#args, { cwd: this.folder, timeoutMs: this.#timeoutMs });
    const deadline = Date.now() + readyTimeoutMs;
    while ((await this.ask(new Map([['command', 'ping']]), probeTimeoutMs))?.get('result') !== 'pong') {
      if (Date.now() > deadline) throw new Error(`rtpengine did not start:\n${this.log}`);
    }
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    const program = this.#program;
    if (program === undefined) return;
    this.#program = undefined;
    killGroup(program.child.pid);
    await program.ended;
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Sends a command of the ng protocol; undefined when nothing came back. */
  async ask(command: Dictionary, timeoutMs = askTimeoutMs): Promise<Dictionary | undefined> {
    const socket = createSocket('udp4');
    const cookie = `test${randomInt(1_000_000)}`;
    try {
      return await new Promise((resolve) => {
        const timer = setTimeout(resolve, timeoutMs, undefined);
        socket.on('error', () => {}); // nobody listens yet: the timer tells
        socket.on('message', (data) => {
          clearTimeout(timer);
          resolve(decodeDictionary(data.toString('latin1'), cookie.length + 1));
        });
        socket.send(Buffer.from(`${cookie} ${encode(command)}`, 'latin1'), this.port, this.address);
      });
    } finally {
      socket.close();
    }
  }
}

/** A running rtpengine that ends with the test; undefined when it is not installed (and the test is skipped). */
export async function startRtpengine(
  t: TestContext,
  options: RtpengineOptions = {},
): Promise<Rtpengine | undefined> {
  const path = requireTool(t, 'rtpengine', 'rtpengine-daemon');
  if (path === undefined) return undefined;
  const engine = new Rtpengine(path, options.port ?? (await freePort()), options);
  t.after(() => engine.stop());
  await engine.start();
  return engine;
}
