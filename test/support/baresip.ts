import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningProgram, startProgram } from './program.ts';
import { findTool } from './tools.ts';

export interface BaresipOptions {
  readonly user: string;
  /** The registrar's address; the phone listens there too, on its own port. */
  readonly address: string;
  readonly sipPort: number;
  readonly controlPort: number;
  readonly rtpPorts: string;
  readonly transport?: 'udp' | 'tcp' | 'tls';
  /** PEM files: its own certificate with the key, and whom it trusts (TLS; it listens at the port after `sipPort`). */
  readonly tls?: { readonly certificate: string; readonly authorities: string };
  /** `none` without. */
  readonly password?: string;
  /** Further modules, such as `presence`. */
  readonly modules?: readonly string[];
  /** Lines of its address book: `"Alice" <sip:alice@host>;presence=p2p`. */
  readonly contacts?: readonly string[];
  /** It sends a tone in each call; without, only what the other end of a call inside the program says. */
  readonly tone?: boolean;
  /** Further parameters of its account: `;pubint=60`. */
  readonly accountParams?: string;
}

/** An event or a response of baresip's control connection. */
export interface BaresipEvent {
  readonly type?: string;
  readonly param?: string;
  readonly token?: string;
  readonly ok?: boolean;
  readonly data?: string;
}

/** Long enough for a busy machine. */
const eventTimeoutMs = 30_000;
const connectTimeoutMs = 30_000;
const connectPauseMs = 50;
/** No test keeps a phone longer; one that hangs must not stay. */
const lifeMs = 300_000;

/** A soft-phone without audio devices, led over its control connection. */
export class Baresip {
  readonly #program: RunningProgram;
  readonly #folder: string;
  readonly #control: Socket;
  readonly #events: BaresipEvent[] = [];
  readonly #waiting = new Set<() => void>();
  #pending = '';

  private constructor(program: RunningProgram, folder: string, control: Socket) {
    this.#program = program;
    this.#folder = folder;
    this.#control = control;
    control.on('data', (data) => this.#take(data.toString('latin1')));
    control.on('error', () => {}); // the phone has ended
  }

  /** Starts the phone; it registers by itself. */
  static async start(options: BaresipOptions): Promise<Baresip> {
    const path = findTool('baresip');
    if (path === undefined) throw new Error('baresip is not installed');
    const folder = mkdtempSync(join(tmpdir(), 'olelo-phone-'));
    const tone = options.tone === true ? join(folder, 'tone.wav') : undefined;
    if (tone !== undefined) writeFileSync(tone, toneFile());
    writeFileSync(join(folder, 'config'), configText(options, tone));
    writeFileSync(join(folder, 'accounts'), accountText(options));
    writeFileSync(join(folder, 'contacts'), (options.contacts ?? []).map((line) => `${line}\n`).join(''));
    const program = startProgram(path, ['-f', folder, '-v'], { timeoutMs: lifeMs });
    const control = await connected(options.address, options.controlPort, program);
    return new Baresip(program, folder, control);
  }

  command(command: string, params = ''): void {
    const text = JSON.stringify({ command, params, token: command });
    this.#control.write(`${text.length}:${text},`);
  }

  /** Resolves with the next event of this type that has not been asked for yet. */
  async event(type: string): Promise<BaresipEvent> {
    const deadline = Date.now() + eventTimeoutMs;
    for (;;) {
      const index = this.#events.findIndex((event) => event.type === type || event.token === type);
      if (index >= 0) return this.#events.splice(index, 1)[0]!;
      const left = deadline - Date.now();
      const seen = this.#events.map((event) => event.type ?? `response ${event.token}`).join(', ');
      if (left <= 0) throw new Error(`baresip: no ${type} in time; there was: ${seen}`);
      await this.#arrival(left);
    }
  }

  /** Resolves when the registrar has answered 200, which may have been before the control connection was there. */
  async registered(): Promise<void> {
    this.command('reginfo');
    const { data } = await this.event('reginfo');
    if (!/OK/.test(data ?? '')) await this.event('REGISTER_OK');
  }

  /** What the phone has written so far. */
  log(): string {
    return this.#program.output();
  }

  async stop(): Promise<void> {
    this.#control.destroy();
    this.#program.child.kill('SIGTERM');
    await this.#program.ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #arrival(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, timeoutMs);
      this.#waiting.add(wake);
    });
  }

  /** Netstrings: a length, a colon, that many bytes of JSON, a comma. */
  #take(text: string): void {
    this.#pending += text;
    for (;;) {
      const colon = this.#pending.indexOf(':');
      const length = Number(this.#pending.slice(0, colon));
      if (colon < 0 || this.#pending.length < colon + length + 2) break;
      this.#events.push(JSON.parse(this.#pending.slice(colon + 1, colon + 1 + length)) as BaresipEvent);
      this.#pending = this.#pending.slice(colon + length + 2);
    }
    for (const wake of [...this.#waiting]) wake();
  }
}

async function connected(address: string, port: number, program: RunningProgram): Promise<Socket> {
  const deadline = Date.now() + connectTimeoutMs;
  while (Date.now() < deadline && program.child.exitCode === null) {
    const socket = await tryConnect(address, port);
    if (socket !== undefined) return socket;
    await new Promise((resolve) => setTimeout(resolve, connectPauseMs));
  }
  program.child.kill('SIGKILL');
  const { stdout, stderr } = await program.ended;
  throw new Error(`baresip does not listen on its control port\n${stdout}${stderr}`);
}

function tryConnect(address: string, port: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port }, () => resolve(socket));
    socket.once('error', () => resolve(undefined));
  });
}

/** Sound goes from nowhere to nowhere: `aubridge` joins the two ends of a call inside the program. */
function configText(options: BaresipOptions, tone: string | undefined): string {
  return [
    `sip_listen ${options.address}:${options.sipPort}`,
    ...(options.tls === undefined
      ? []
      : [`sip_certificate ${options.tls.certificate}`, `sip_cafile ${options.tls.authorities}`]),
    `net_interface ${options.address}`,
    `rtp_ports ${options.rtpPorts}`,
    'call_max_calls 4',
    'module_path /usr/lib/baresip/modules',
    'module g711.so',
    'module aubridge.so',
    'module_app account.so',
    'module_app menu.so',
    'module_app ctrl_tcp.so',
    ...(options.modules ?? []).map((name) => `module_app ${name}.so`),
    `ctrl_tcp_listen ${options.address}:${options.controlPort}`,
    'audio_player aubridge,sound',
    ...(tone === undefined
      ? ['audio_source aubridge,sound']
      : ['module aufile.so', `audio_source aufile,${tone}`]),
    'audio_alert aubridge,alert',
    '',
  ].join('\n');
}

/** Two minutes of 440 Hz as a WAV file, in the only form that G.711 needs no resampling for. */
function toneFile(): Buffer {
  const samplesPerSec = 8000;
  const samples = 120 * samplesPerSec;
  const wav = Buffer.alloc(44 + samples * 2);
  wav.write('RIFF', 0, 'latin1');
  wav.writeUInt32LE(36 + samples * 2, 4);
  wav.write('WAVEfmt ', 8, 'latin1');
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20); // PCM
  wav.writeUInt16LE(1, 22); // mono
  wav.writeUInt32LE(samplesPerSec, 24);
  wav.writeUInt32LE(samplesPerSec * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36, 'latin1');
  wav.writeUInt32LE(samples * 2, 40);
  for (let i = 0; i < samples; i++) {
    wav.writeInt16LE(Math.round(8000 * Math.sin((2 * Math.PI * 440 * i) / samplesPerSec)), 44 + i * 2);
  }
  return wav;
}

function accountText(options: BaresipOptions): string {
  const { transport: protocol = 'udp' } = options;
  const transport = protocol === 'udp' ? '' : `;transport=${protocol}`;
  return `<sip:${options.user}@${options.address}${transport}>;regint=60;answermode=manual;auth_pass=${options.password ?? 'none'}${options.accountParams ?? ''}\n`;
}

/** The call rings, is taken, and the called side hangs up. */
export async function callBetween(from: Baresip, to: Baresip, uri: string): Promise<void> {
  from.command('dial', uri);
  await to.event('CALL_INCOMING');
  await from.event('CALL_RINGING');
  to.command('accept');
  await Promise.all([from.event('CALL_ESTABLISHED'), to.event('CALL_ESTABLISHED')]);
  to.command('hangup');
  await Promise.all([from.event('CALL_CLOSED'), to.event('CALL_CLOSED')]);
}
