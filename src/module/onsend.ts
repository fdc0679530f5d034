import type { OutgoingCopy } from '../proxy/requestForwarder.ts';
import type { ScriptContext } from './context.ts';
import type { Host } from './host.ts';
import { setOutgoing } from './wire.ts';

/**
 * onsend_route for the copies of a request: false when it said drop. undefined, and no work for any copy,
 * when the config has no such block.
 */
export function onsendCheck(
  host: Host,
  context: ScriptContext,
): ((copy: OutgoingCopy) => boolean) | undefined {
  if (!host.routes.has('onsend', '')) return undefined;
  return ({ text, destination }) => {
    const { exited, dropped, returnCode, depth } = context;
    setOutgoing(context, { text, socket: destination.socket, destination });
    const code = host.routes.run('onsend', '', context);
    const isDropped = context.dropped;
    Object.assign(context, { exited, dropped, returnCode, depth });
    if (typeof code !== 'number')
      host.log.error('onsend_route must not call anything that waits; the copy leaves');
    return typeof code !== 'number' || !isDropped;
  };
}
