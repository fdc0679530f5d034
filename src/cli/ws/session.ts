import { isUtf8 } from 'node:buffer';
import type { WebSocketConnection } from '../../base/ports.ts';
import { authorize, type Credentials } from '../../client/credentials.ts';
import { ClientFailure } from '../../client/failure.ts';
import { messageLimits } from '../../client/limits.ts';
import { Stop, waitFor } from '../../client/stop.ts';
import { isWireError, parseMessage, type SipMessage } from '../../sip/message.ts';
import type { ClientProgram } from '../clientProgram.ts';
import { bytesOf } from '../send/bytes.ts';
import { connectWebSocket } from './connect.ts';
import { framesOf, type WsGiven } from './frames.ts';
import { WsView } from './view.ts';

/** Sends the frames and prints what comes; the exit code. Throws a `ClientFailure` that tells why it ended badly. */
export async function runWebSocket(given: WsGiven, program: ClientProgram): Promise<number> {
  const frames = framesOf(given, program);
  const view = new WsView(given, program);
  const connection = await connectWebSocket(given, program);
  view.opened(connection);
  const session = new WsSession(given, program, connection, view);
  try {
    for (const frame of frames) session.send(frame);
    return await session.run(frames.length > 0);
  } finally {
    connection.close();
  }
}

/** How long frames are waited for, ms. */
const patienceMs = 20_000;

/** How long behind the last line of the input answers may come, ms. */
const lastAnswersMs = 1000;

class WsSession {
  readonly #given: WsGiven;
  readonly #program: ClientProgram;
  readonly #connection: WebSocketConnection;
  readonly #view: WsView;
  readonly #credentials: Credentials | undefined;
  /** The last SIP request, for challenges. */
  #request: SipMessage | undefined;
  #left = Number.POSITIVE_INFINITY;
  #finish: (end: 'enough' | ClientFailure) => void = () => undefined;
  readonly #ended: Promise<'enough' | ClientFailure>;

  constructor(given: WsGiven, program: ClientProgram, connection: WebSocketConnection, view: WsView) {
    this.#given = given;
    this.#program = program;
    this.#connection = connection;
    this.#view = view;
    this.#credentials = credentialsOf(given);
    this.#ended = new Promise((resolve) => {
      this.#finish = resolve;
    });
    connection.setHandler({
      onMessage: (data, isBinary) => this.#take(data.toString('latin1'), isBinary),
      onPing: () => view.control('ping'),
      onPong: () => view.control('pong'),
      onClose: (code, reason, error) => {
        view.closed(code, reason);
        const why =
          error?.message ??
          `the server closed the WebSocket with code ${code}${reason === '' ? '' : `: ${reason}`}`;
        this.#finish(code === 1000 && error === undefined ? 'enough' : new ClientFailure('webSocket', why));
      },
    });
  }

  send(frame: string): void {
    const bytes = Buffer.from(frame, 'latin1');
    const isBinary = this.#given.flag('binary') || !isUtf8(bytes);
    const message = parseMessage(frame, messageLimits);
    if (!isWireError(message) && message.isRequest) this.#request = message;
    this.#view.sent(frame, isBinary);
    this.#connection.send(bytes, isBinary);
  }

  async run(hasSent: boolean): Promise<number> {
    if (this.#given.choice('receive') === false) return 0;
    const { clock } = this.#program.clientPorts();
    const stop = new Stop();
    this.#program.onSignal((signal) => {
      if (signal === 'SIGINT' || signal === 'SIGTERM') stop.request();
    });
    this.#left = this.#given.number('frames', 1) ?? (hasSent ? 1 : Number.POSITIVE_INFINITY);
    if (!hasSent) this.#readInput();
    const waitMs = this.#given.number('timeout-recv', 1) ?? (hasSent ? patienceMs : undefined);
    const cancelPings = this.#ping(this.#given.number('ping', 1));
    const end = await waitFor(clock, waitMs, stop, this.#ended);
    cancelPings();
    if (end instanceof ClientFailure) throw end;
    if (end === 'time' && Number.isFinite(this.#left))
      throw new ClientFailure('timeout', `no frame within ${(waitMs ?? 0) / 1000} s`);
    return 0;
  }

  /** Behind the last line, what was asked for is waited for; without a number of frames, a moment. */
  #readInput(): void {
    const { clock } = this.#program.clientPorts();
    this.#program.onInputLine(
      (line) => this.send(bytesOf(line)),
      () => {
        const ms = Number.isFinite(this.#left) ? patienceMs : lastAnswersMs;
        clock.after(this.#given.number('timeout-recv', 1) ?? ms, () => this.#finish('enough'));
      },
    );
  }

  #take(frame: string, isBinary: boolean): void {
    if (this.#left <= 0) return;
    this.#view.received(frame, isBinary);
    if (this.#answersChallenge(frame)) return;
    if (--this.#left <= 0) this.#finish('enough');
  }

  /** True when the frame was a challenge and the request went out again. */
  #answersChallenge(frame: string): boolean {
    const response = parseMessage(frame, messageLimits);
    if (this.#credentials === undefined || this.#request === undefined || isWireError(response)) return false;
    if (response.statusCode !== 401 && response.statusCode !== 407) return false;
    try {
      const { entropy } = this.#program.clientPorts();
      this.send(authorize(this.#request, response, this.#credentials, entropy).text);
      return true;
    } catch (error) {
      if (!(error instanceof ClientFailure)) throw error;
      this.#finish(error);
      return true;
    }
  }

  #ping(everyMs: number | undefined): () => void {
    if (everyMs === undefined) return () => undefined;
    const { clock } = this.#program.clientPorts();
    let timer = clock.after(everyMs, ping);
    const connection = this.#connection;
    function ping(): void {
      connection.ping();
      timer = clock.after(everyMs as number, ping);
    }
    return () => timer.cancel();
  }
}

function credentialsOf(given: WsGiven): Credentials | undefined {
  const user = given.text('auser');
  const password = given.text('apasswd');
  return user === undefined || password === undefined
    ? undefined
    : { username: bytesOf(user), password: bytesOf(password) };
}
