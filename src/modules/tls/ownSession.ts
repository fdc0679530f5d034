import type { TlsSession } from '../../base/tlsPort.ts';
import type { ScriptContext } from '../../module/context.ts';

/** Session of a context whose connection is not in the table yet (event_route[tls:connection-out]). */
const key = Symbol('tls session');

export function setOwnSession(context: ScriptContext, session: TlsSession): void {
  context.scratch.set(key, session);
}

export function ownSessionOf(context: ScriptContext): TlsSession | undefined {
  return context.scratch.size === 0 ? undefined : (context.scratch.get(key) as TlsSession | undefined);
}
