import { execFile } from 'node:child_process';
import { lstatSync } from 'node:fs';
import { chmod, chown, readFile, unlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import type { DgramSocket } from 'node-unix-socket';
import { TransportError } from '../base/errors.ts';
import type { StreamConnection, UnixAccess } from '../base/ports.ts';
import { listen } from './stream.ts';
import { systemCode } from './systemError.ts';

const runFile = promisify(execFile);

export async function listenUnix(
  path: string,
  onConnection: (connection: StreamConnection) => void,
  access: UnixAccess = {},
): Promise<{ close(): void }> {
  try {
    await removeStale(path);
    const listener = await listen({ path }, onConnection); // Node removes the file on close
    await applyAccess(path, access);
    return { close: () => listener.close() };
  } catch (error) {
    throw pathError('listening on unix socket', path, error);
  }
}

/** Node has no unix datagrams; the package is native, so it is loaded only where one is wanted. */
export function newUnixDatagramSocket(): DgramSocket {
  const load = createRequire(import.meta.url);
  const { DgramSocket: Maker } = load('node-unix-socket') as typeof import('node-unix-socket');
  return new Maker();
}

export async function bindUnixDatagram(
  path: string,
  onDatagram: (data: Buffer, from: string) => void,
  access: UnixAccess = {},
): Promise<{ send(data: Uint8Array, to: string): void; close(): void }> {
  try {
    await removeStale(path);
    const socket = newUnixDatagramSocket();
    socket.bind(path);
    socket.on('data', onDatagram);
    // Whoever asked and went away misses the answer; nobody else is concerned.
    socket.on('error', () => {});
    await applyAccess(path, access);
    return {
      send: (data, to) => sendUnixDatagram(socket, Buffer.from(data), to, () => {}),
      close: () => {
        socket.close();
        unlink(path).catch(() => {});
      },
    };
  } catch (error) {
    throw pathError('binding unix datagram socket', path, error);
  }
}

/** Never throws: the native part reports some errors at once and some later. */
export function sendUnixDatagram(
  socket: DgramSocket,
  bytes: Buffer,
  to: string,
  onSent: (error: Error | undefined) => void,
): void {
  try {
    socket.sendTo(bytes, 0, bytes.length, to, (error) => onSent(error ?? undefined));
  } catch (error) {
    onSent(error instanceof Error ? error : new Error(String(error)));
  }
}

/** Removes a socket file that nobody serves any more. A living server and other kinds of files stay. */
async function removeStale(path: string): Promise<void> {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isSocket()) throw new TransportError('EEXIST', 'the file exists and is no socket');
  if (await isServed(path)) throw new TransportError('EADDRINUSE', 'another program serves it');
  await unlink(path);
}

/** A datagram socket refuses a stream client with EPROTOTYPE whether or not it is alive: then it counts as stale. */
function isServed(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path, () => {
      probe.destroy();
      resolve(true);
    });
    probe.on('error', () => resolve(false));
  });
}

/** Mode, owner and group of a socket or FIFO that we have just made. */
export async function applyAccess(path: string, access: UnixAccess): Promise<void> {
  if (access.mode !== undefined) await chmod(path, access.mode);
  const uid = access.user === undefined ? -1 : await accountId('passwd', access.user);
  const gid = access.group === undefined ? -1 : await accountId('group', access.group);
  if (uid >= 0 || gid >= 0) await chown(path, uid, gid);
}

/** Numeric id of a user or group, by name or as a number in text. */
export async function accountId(database: 'passwd' | 'group', name: string): Promise<number> {
  if (/^\d+$/.test(name)) return Number(name);
  const inFile = idIn(await readFile(`/etc/${database}`, 'latin1').catch(() => ''), name);
  if (inFile >= 0) return inFile;
  const asked = await runFile('getent', [database, name]).catch(() => ({ stdout: '' })); // LDAP and the like
  const id = idIn(asked.stdout, name);
  if (id < 0) throw new TransportError('ENOENT', `no ${database === 'group' ? 'group' : 'user'} '${name}'`);
  return id;
}

function idIn(lines: string, name: string): number {
  const line = lines.split('\n').find((candidate) => candidate.startsWith(`${name}:`));
  return line === undefined ? -1 : Number(line.split(':')[2]);
}

export function pathError(action: string, path: string, error: unknown): TransportError {
  const code = systemCode(error) || 'TRANSPORT';
  const why = error instanceof Error ? error.message : String(error);
  return new TransportError(code, `${action} ${path}: ${why}`, { cause: error });
}
