import type { Host } from '../../module/host.ts';
import { setIncoming } from '../../module/wire.ts';

const event = 'core:msg-received';

/** event_route[core:msg-received] for all that comes in, when received_route_mode asks for it; drop ends it there. */
export function watchReceived(host: Host): void {
  if (Number(host.settings.get('received_route_mode') ?? 0) === 0 || !host.routes.has('event', event)) return;
  host.transport.interceptReceive?.((text, flow) => {
    const context = host.routes.fakeContext();
    context.flow = flow;
    setIncoming(context, { text, flow });
    const code = host.routes.run('event', event, context);
    if (typeof code === 'number') return context.dropped ? undefined : text;
    host.log.error(`event_route[${event}] must not call anything that waits; the message is taken`);
    return text;
  });
}
