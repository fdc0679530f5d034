import type { StreamConnection } from '../../base/ports.ts';

/** Ends a connection that nobody listens to. */
export function drop(connection: StreamConnection): void {
  connection.setHandler({ onData: () => {}, onClose: () => {} });
  connection.destroy();
}
