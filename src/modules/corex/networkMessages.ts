import type { VariableRef } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import { setIncoming, setOutgoing } from '../../module/wire.ts';
import type { Destination, Flow } from '../../proxy/transport.ts';
import { isWireError, parseMessage } from '../../sip/message.ts';
import type { Corex } from './corex.ts';

/** event_route[network:msg] (texts as they come and go) and event_route[corex:reply-out]. */

const networkEvent = 'network:msg';
const replyEvent = 'corex:reply-out';
const incomingKey = Symbol('text was received');

export function isIncoming(context: ScriptContext): boolean {
  return context.scratch.get(incomingKey) === true;
}

/** Registers what the configuration asks for: nothing stands in the way of messages otherwise. */
export function interceptMessages(self: Corex): void {
  const { host, config } = self;
  if (config.nio_intercept !== 0 && host.routes.has('event', networkEvent)) {
    const text = config.nio_msg_avp === '' ? undefined : host.formats.variable(config.nio_msg_avp);
    host.transport.interceptReceive?.((received, flow) =>
      change(self, received, text, (context) => {
        context.flow = flow;
        context.scratch.set(incomingKey, true);
        setIncoming(context, { text: received, flow });
      }),
    );
    host.transport.interceptSend?.((sent, destination) =>
      change(self, sent, text, (context) => prepare(context, sent, destination)),
    );
  }
  if (host.routes.has('event', replyEvent))
    host.transport.interceptSend?.((sent, destination) => replyOut(self, sent, destination));
}

function prepare(context: ScriptContext, text: string, destination: Destination): void {
  context.scratch.set(incomingKey, false);
  setOutgoing(context, { text, socket: destination.socket, destination });
}

/** The text that the route leaves in the variable, else the old one; undefined when it said drop. */
function change(
  self: Corex,
  text: string,
  variable: VariableRef | undefined,
  before: (context: ScriptContext) => void,
): string | undefined {
  if (text.length < self.config.nio_min_msg_len) return text;
  const context = self.host.routes.fakeContext();
  before(context);
  if (!run(self, networkEvent, context)) return text;
  if (context.dropped) return undefined;
  const changed = variable?.get(context);
  return changed === null || changed === undefined ? text : String(changed);
}

/** Runs for responses only; drop keeps the response from being sent. */
function replyOut(self: Corex, text: string, destination: Destination): string | undefined {
  if (!text.startsWith('SIP/2.0 ')) return text;
  const message = parseMessage(text);
  if (isWireError(message) || destination.socket === undefined) return text;
  const flow: Flow = { ...destination, socket: destination.socket };
  const context = self.host.routes.contextFor(message, flow);
  prepare(context, text, destination);
  return run(self, replyEvent, context) && context.dropped ? undefined : text;
}

/** False when the block waits: a text on its way cannot. */
function run(self: Corex, event: string, context: ScriptContext): boolean {
  if (typeof self.host.routes.run('event', event, context) === 'number') return true;
  self.host.log.error(
    `event_route[${event}] must not call anything that waits; the message goes on unchanged`,
  );
  return false;
}
