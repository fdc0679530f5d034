import type { LogRecord } from '../../src/base/ports.ts';
import { modules } from '../../src/modules/index.ts';
import { nodePorts } from '../../src/runtime/index.ts';
import core from '../../src/script/core/index.ts';
import type { ConfigSource } from '../../src/server/configLoader.ts';
import { Server } from '../../src/server/server.ts';

/** A server in this process, on real sockets. */
export interface LiveServer {
  readonly server: Server;
  readonly log: LogRecord[];
  /** Port of the first socket of that protocol. */
  port(proto: string): number;
  /** Texts of log records that match, in order. */
  logged(pattern: RegExp): readonly string[];
  stop(): Promise<void>;
}

/** Starts it; `listen` such as `tls:127.0.0.1:0` takes free ports. Rejects with all mistakes of the config. */
export async function startLiveServer(
  config: string,
  listen: readonly string[],
  source: Partial<ConfigSource> = {},
): Promise<LiveServer> {
  const log: LogRecord[] = [];
  const ports = nodePorts({ logSink: { write: (record) => void log.push(record) } });
  const server = new Server({ ports, modules, core });
  const loaded = server.load({ file: '/tmp/live.cfg', text: config, listen, ...source });
  if (!loaded.ok) {
    const lines = loaded.diagnostics.map(({ line, code, message }) => `line ${line}: ${code} ${message}`);
    throw new Error([...lines, ...loaded.problems].join('\n'));
  }
  await server.start();
  return {
    server,
    log,
    port: (proto) => server.transport.sockets.find((socket) => socket.proto === proto)?.port ?? 0,
    logged: (pattern) => log.map(({ text }) => text).filter((text) => pattern.test(text)),
    stop: () => server.stop(),
  };
}
