import { TestClock } from '../base/testClock.ts';
import { TimerWheel } from '../base/timerWheel.ts';
import type { SipMessage } from '../sip/message.ts';
import { parsed } from '../sip/testMessages.ts';
import type { ClientTransaction, ClientUser } from './clientTransaction.ts';
import type { ServerTransaction, ServerUser } from './serverTransaction.ts';

/** For tests: writes down what transactions do, each line with its time in ms. */
export class Recorder implements ClientUser, ServerUser {
  readonly clock = new TestClock();
  readonly queue = new TimerWheel(this.clock, 10);
  readonly events: string[] = [];
  /** What `transmitRequest` gives back. */
  canSend = true;

  transmitRequest(_transaction: ClientTransaction, text: string): boolean {
    this.#note(`sends ${text.slice(0, text.indexOf(' '))}`);
    return this.canSend;
  }
  makeAck(): string {
    return 'ACK sip:x SIP/2.0';
  }
  onResponse(_transaction: ClientTransaction, response: SipMessage): void {
    this.#note(`hears ${response.statusCode}`);
  }
  onTimeout(): void {
    this.#note('times out');
  }
  onTransportError(): void {
    this.#note('cannot send');
  }
  onClientTerminated(): void {
    this.#note('ends');
  }
  transmitResponse(_transaction: ServerTransaction, text: string): void {
    this.#note(`sends ${text}`);
  }
  onAck(): void {
    this.#note('hears ACK');
  }
  onAckTimeout(): void {
    this.#note('no ACK');
  }
  onServerTerminated(): void {
    this.#note('ends');
  }

  /** What happened since the last call. */
  take(): string[] {
    return this.events.splice(0);
  }

  #note(text: string): void {
    this.events.push(`${this.clock.nowMs()} ${text}`);
  }
}

export function request(
  method: string,
  extra: { branch?: string; callId?: string; uri?: string; toTag?: string } = {},
) {
  const { branch = 'z9hG4bK1', callId = 'c1', uri = 'sip:b@b.example', toTag = '' } = extra;
  return parsed(
    `${method} ${uri} SIP/2.0\nVia: SIP/2.0/UDP a.example:5070;branch=${branch}\nFrom: <sip:a@a.example>;tag=1\n` +
      `To: <sip:b@b.example>${toTag === '' ? '' : `;tag=${toTag}`}\nCall-ID: ${callId}\nCSeq: 1 ${method}\nContent-Length: 0\n\n`,
  );
}

export function response(status: number, method = 'INVITE'): SipMessage {
  return parsed(
    `SIP/2.0 ${status} x\nVia: SIP/2.0/UDP p.example;branch=z9hG4bKp\nFrom: <sip:a@a.example>;tag=1\n` +
      `To: <sip:b@b.example>;tag=2\nCall-ID: c1\nCSeq: 1 ${method}\nContent-Length: 0\n\n`,
  );
}
