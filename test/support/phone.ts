/** A telephone of a user: registers, calls and is called, with the password that it is given. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { Actor } from '../differential/actor.ts';
import { authenticateOrder } from '../differential/credentials.ts';
import { headerValue, kindOf, readSip, type SipText } from './sipText.ts';

/** Long enough for a busy machine; it passes only where something is wrong. */
const patienceMs = 30_000;

export class Phone {
  readonly user: string;
  readonly domain: string;
  readonly password: string;
  readonly #actor: Actor;

  /** `port`: of its own; the server is at the same address unless `open` says otherwise. */
  constructor(address: string, port: number, user: string, domain: string, password: string) {
    this.user = user;
    this.domain = domain;
    this.password = password;
    this.#actor = new Actor(user, address, port, `${user}-${domain}`);
  }

  open(serverAddress?: string): Promise<void> {
    if (serverAddress !== undefined) this.#actor.useServer(serverAddress);
    return this.#actor.open();
  }
  close(): Promise<void> {
    return this.#actor.close();
  }

  get uri(): string {
    return `sip:${this.user}@${this.domain}`;
  }

  /** A whole header line. */
  get contact(): string {
    return `Contact: <sip:${this.user}@${this.#actor.address}:${this.#actor.port}>`;
  }

  /** Registers; the status of the answer, behind the challenge where there is one. */
  async register(password = this.password): Promise<string> {
    this.#actor.sendText(
      `REGISTER sip:${this.domain} SIP/2.0\n*\n${this.#ownHeaders()}\nTo: <${this.uri}>\n${this.contact}\nExpires: 600`,
    );
    return this.#answerChallenge(password);
  }

  /** Sends a request other than REGISTER and INVITE. */
  async ask(method: string, uri: string, headers = '', password = this.password): Promise<string> {
    this.#actor.sendText(`${method} ${uri} SIP/2.0\n*\n${headers || this.#ownHeaders()}`);
    return this.#answerChallenge(password);
  }

  /** Watches somebody: `Event`, `Expires` and further lines are given. */
  subscribe(uri: string, headers: string): Promise<string> {
    return this.ask('SUBSCRIBE', uri, `${this.#ownHeaders()}\n${this.contact}\n${headers}`);
  }

  /** Publishes its state; `{etag}` in the headers is the last one it was given. */
  publish(headers: string, body: string): Promise<string> {
    return this.ask('PUBLISH', this.uri, `${this.#ownHeaders()}\n${headers}\n\n${body}`);
  }

  /** Sends a request in its dialog; the status of the final answer. */
  async request(method: string, headers: readonly (readonly [string, string])[]): Promise<string> {
    this.#actor.request(method, headers, '');
    return this.#final();
  }

  /** Answers the last request of this method. */
  reply(method: string, status: string, headers: readonly (readonly [string, string])[] = []): void {
    const [code = '', ...words] = status.split(' ');
    this.#actor.reply({
      status: code,
      reason: words.join(' '),
      method,
      nth: undefined,
      tag: undefined,
      headers,
      body: '',
    });
  }

  /** Gives up the call that it is making. */
  cancel(): void {
    this.#actor.cancel([]);
  }

  /** True when nothing comes for a while. */
  async isQuiet(forMs = 300): Promise<boolean> {
    return !(await this.#actor.holds(this.#actor.seen + 1, forMs));
  }

  /** Calls; the status of the final answer. Where there was a challenge it is acknowledged and answered. */
  async invite(uri: string, headers = ''): Promise<string> {
    const status = await this.inviteOnce(uri, headers);
    if (status !== '407') return status;
    this.#actor.ack([]);
    this.#actor.authenticate(authenticateOrder([this.user, this.password]), []);
    return this.#final();
  }

  /** Calls, and answers no challenge. */
  inviteOnce(uri: string, headers = ''): Promise<string> {
    this.#actor.sendText(`INVITE ${uri} SIP/2.0\n*\n${headers || this.#ownHeaders()}\n${this.contact}`);
    return this.#final();
  }

  /** Acknowledges the final answer to its INVITE. */
  ack(): void {
    this.#actor.ack([]);
  }

  /** Takes the call that comes, and gives its Request-URI. */
  async answer(status = '200 OK'): Promise<string> {
    const invite = await this.expect('INVITE');
    this.reply('INVITE', status, [['Contact', this.contact.slice('Contact: '.length)]]);
    return invite.startLine.split(' ')[1] ?? '';
  }

  /** Hangs up, and waits for the answer. */
  async hangUp(): Promise<string> {
    this.#actor.request('BYE', [], '');
    return this.#final();
  }

  /** Confirms the end of the call. */
  async confirmEnd(): Promise<void> {
    await this.expect('BYE');
    this.reply('BYE', '200 OK');
  }

  /** The next message that is of this kind (method or status); others before it are passed over. */
  async expect(kind: string): Promise<SipText> {
    for (;;) {
      const message = await this.#next(kind);
      if (kindOf(message) === kind) return message;
    }
  }

  async #answerChallenge(password: string): Promise<string> {
    const status = await this.#final();
    if (status !== '401' && status !== '407') return status;
    this.#actor.authenticate(authenticateOrder([this.user, password]), []);
    return this.#final();
  }

  #ownHeaders(): string {
    return `From: <${this.uri}>;tag=from-${this.user}`;
  }

  async #final(): Promise<string> {
    for (;;) {
      const kind = kindOf(await this.#next('a final response'));
      if (/^[2-6]\d\d$/.test(kind)) return kind;
    }
  }

  async #next(wanted: string): Promise<SipText> {
    if (!(await this.#actor.holds(this.#actor.seen + 1, patienceMs)))
      throw new Error(`${this.user} waits for ${wanted} in vain`);
    const { text } = this.#actor.inbox[this.#actor.seen++]!;
    return readSip(text);
  }

  /** The value of a header of the last message that it got. */
  lastHeader(name: string): string {
    return headerValue(readSip(this.#actor.inbox.at(-1)?.text ?? ''), name);
  }
}

/** A whole call, hung up by the caller; gives the Request-URI that the called phone saw. */
export async function callThrough(caller: Phone, called: Phone, uri: string): Promise<string> {
  const calling = caller.invite(uri);
  const seen = await called.answer();
  assert.equal(await calling, '200');
  caller.ack();
  await called.expect('ACK');
  const ending = caller.hangUp();
  await called.confirmEnd();
  assert.equal(await ending, '200');
  return seen;
}

/** Opens telephones for one test; the server is at their own address unless another is given. */
export async function openPhones(
  t: TestContext,
  phones: readonly Phone[],
  serverAddress?: string,
): Promise<void> {
  for (const phone of phones) {
    await phone.open(serverAddress);
    t.after(() => phone.close());
  }
}

/** Does this come true within half a minute? Each attempt takes its own time. */
export async function soon(attempt: () => Promise<boolean>): Promise<boolean> {
  const deadline = Date.now() + patienceMs;
  while (Date.now() < deadline) {
    if (await attempt()) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}
