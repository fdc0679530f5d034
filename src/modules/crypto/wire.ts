import type { ScriptContext } from '../../module/context.ts';
import type { Host } from '../../module/host.ts';
import { setIncoming, setOutgoing } from '../../module/wire.ts';
import { type AesKey, decrypt, encrypt } from './aes.ts';

/** event_route[crypto:netio]: encrypted texts on the wire. */

const event = 'crypto:netio';

interface Passage {
  readonly incoming: boolean;
  /** What the route has asked for. */
  change: 'encrypt' | 'decrypt' | undefined;
}

const passageKey = Symbol('crypto.netio');

export function passageOf(context: ScriptContext): Passage | undefined {
  return context.scratch.get(passageKey) as Passage | undefined;
}

/** Puts the event route between messages and wire. */
export function encryptMessages(host: Host, key: AesKey): void {
  if (!host.routes.has('event', event)) {
    host.log.warn(`register_evcb is set, but there is no event_route[${event}]`);
    return;
  }
  host.transport.interceptReceive?.((text, flow) => {
    const passage: Passage = { incoming: true, change: undefined };
    const ran = runRoute(host, passage, (context) => {
      context.flow = flow;
      setIncoming(context, { text, flow });
    });
    if (!ran || passage.change !== 'decrypt') return text;
    const plain = decrypt(Buffer.from(text, 'latin1'), key);
    if (plain === undefined) {
      host.log.error(`a message from ${flow.address}:${flow.port} cannot be decrypted: dropped`);
      return undefined;
    }
    return plain.toString('latin1');
  });
  host.transport.interceptSend?.((text, destination) => {
    const passage: Passage = { incoming: false, change: undefined };
    const ran = runRoute(host, passage, (context) =>
      setOutgoing(context, { text, socket: destination.socket, destination }),
    );
    if (!ran || passage.change !== 'encrypt') return text;
    // the vector comes from the password
    return encrypt(Buffer.from(text, 'latin1'), key, () => Buffer.alloc(16)).toString('latin1');
  });
}

/** False when the block waits: a text on its way cannot. */
function runRoute(host: Host, passage: Passage, before: (context: ScriptContext) => void): boolean {
  const context = host.routes.fakeContext();
  context.scratch.set(passageKey, passage);
  before(context);
  if (typeof host.routes.run('event', event, context) === 'number') return true;
  host.log.error(`event_route[${event}] must not call anything that waits; the message goes on unchanged`);
  return false;
}
