import type { HttpListener } from '../../base/ports.ts';
import { randomUuid } from '../../base/uuid.ts';
import { IdentityService, privateKeyFiles } from '../../identity/index.ts';
import { UsageError } from '../options.ts';
import { checker } from './check.ts';
import type { IdentityCommand } from './context.ts';

const limits = { maxBodyBytes: 65_536, requestTimeoutMs: 10_000, maxConnections: 1000 };

/** `serve`: until SIGTERM or SIGINT. */
export async function serveCommand(command: IdentityCommand): Promise<number> {
  const { values, ports, program } = command;
  const fprvkey = values.text('fprvkey');
  const httpSrv = values.text('http-srv');
  const httpsSrv = values.text('https-srv');
  if (httpSrv === undefined && httpsSrv === undefined) {
    throw new UsageError('-http-srv or -https-srv tells where to listen; they are missing');
  }
  const keys = privateKeyFiles(ports);
  const service = new IdentityService({
    files: ports.files,
    verifyOptions: checker(command),
    privateKey: fprvkey === undefined ? undefined : async () => keys.get(fprvkey),
    publicDir: values.text('http-dir') ?? '',
    nowSec: () => Math.floor(ports.clock.wallMs() / 1000),
    uuid: () => randomUuid(ports.entropy),
  });
  const listeners: HttpListener[] = [];
  for (const [bind, secure] of [
    [httpSrv, false],
    [httpsSrv, true],
  ] as const) {
    if (bind === undefined) continue;
    const { address, port } = parseBind(bind);
    const tls = secure ? await tlsFiles(command) : undefined;
    const listener = await program.listenHttp({ address, port, tls, ...limits }, (request) =>
      service.handle(request),
    );
    listeners.push(listener);
    const host = address.includes(':') ? `[${address}]` : address;
    program.out(
      `serving ${secure ? 'https' : 'http'}://${host}:${listener.port}/v1/ (check, sign-csv, sign, pub, status)`,
    );
  }
  await new Promise<void>((resolve) => {
    program.onSignal((signal) => {
      if (signal === 'SIGTERM' || signal === 'SIGINT') resolve();
    });
  });
  await Promise.all(listeners.map((listener) => listener.close()));
  return 0;
}

/** `:8090`, `8090`, `127.0.0.1:8090`, `[::1]:8090`. */
function parseBind(text: string): { readonly address: string; readonly port: number } {
  const match = /^(?:(?:\[([0-9a-f:.]+)\]|([^:[\]]*)):)?(\d{1,5})$/i.exec(text);
  if (match === null || Number(match[3]) > 65535) {
    throw new UsageError(`"${text}" is no place to listen: expected [host]:port`);
  }
  return { address: match[1] ?? (match[2] || '0.0.0.0'), port: Number(match[3]) };
}

async function tlsFiles({ values, ports }: IdentityCommand) {
  const httpsPubkey = values.text('https-pubkey');
  const httpsPrvkey = values.text('https-prvkey');
  if (httpsPubkey === undefined || httpsPrvkey === undefined) {
    throw new UsageError('-https-srv needs -https-pubkey and -https-prvkey');
  }
  const read = async (path: string): Promise<string> => (await ports.files.read(path)).toString('latin1');
  return { key: await read(httpsPrvkey), certificate: await read(httpsPubkey) };
}
