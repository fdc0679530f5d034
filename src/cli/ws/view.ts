import type { WebSocketConnection } from '../../base/ports.ts';
import { socketText } from '../../client/compose.ts';
import { securityText } from '../../client/tlsRules.ts';
import type { ClientProgram } from '../clientProgram.ts';
import { textOf } from '../send/bytes.ts';
import { makeStyle, printable } from '../send/style.ts';
import type { WsGiven } from './frames.ts';

/** Prints frames: those received as they are, with `-v` also those sent and what happens around them. */
export class WsView {
  readonly #program: ClientProgram;
  readonly #level: number;
  readonly #isJson: boolean;
  readonly #style;

  constructor(given: WsGiven, program: ClientProgram) {
    this.#program = program;
    this.#level = given.count('v');
    this.#isJson = given.flag('json');
    this.#style = makeStyle(program.outputIsTerminal);
  }

  opened({ local, remote, protocol, session }: WebSocketConnection): void {
    const security = session === undefined ? '' : securityText(session);
    if (this.#isJson) {
      this.#json({ event: 'open', local: socketText(local), remote: socketText(remote), protocol, security });
    } else if (this.#level > 0) {
      const parts = [
        `connected to ${socketText(remote)}`,
        `sub-protocol ${protocol === '' ? 'none' : protocol}`,
        security,
      ];
      this.#program.out(this.#style.faint(parts.filter(Boolean).join(', ')));
    }
  }

  sent(frame: string, isBinary: boolean): void {
    if (this.#isJson) this.#frame('sent', frame, isBinary);
    else if (this.#level > 0) this.#program.out(`${this.#style.sent('->')} ${shown(frame, isBinary)}`);
  }

  received(frame: string, isBinary: boolean): void {
    if (this.#isJson) this.#frame('received', frame, isBinary);
    else if (this.#level > 0) this.#program.out(`${this.#style.received('<-')} ${shown(frame, isBinary)}`);
    else this.#program.out(shown(frame, isBinary));
  }

  control(kind: 'ping' | 'pong'): void {
    if (this.#isJson) this.#json({ event: kind });
    else if (this.#level > 1) this.#program.out(this.#style.faint(`<- ${kind}`));
  }

  closed(code: number, reason: string): void {
    if (this.#isJson) this.#json({ event: 'close', code, reason });
    else if (this.#level > 0)
      this.#program.out(this.#style.faint(`closed: ${code}${reason === '' ? '' : ` ${reason}`}`));
  }

  #frame(event: string, frame: string, isBinary: boolean): void {
    const data = isBinary
      ? { base64: Buffer.from(frame, 'latin1').toString('base64') }
      : { text: textOf(frame) };
    this.#json({ event, binary: isBinary, ...data });
  }

  #json(members: object): void {
    this.#program.out(JSON.stringify(members));
  }
}

/** Binary frames in hexadecimal. */
function shown(frame: string, isBinary: boolean): string {
  if (isBinary) return `binary, ${frame.length} bytes: ${Buffer.from(frame, 'latin1').toString('hex')}`;
  return printable(textOf(frame)).trimEnd();
}
