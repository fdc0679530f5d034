import { execFile } from 'node:child_process';
import { close, constants, lstatSync, open as openCallback, unlink as unlinkCallback } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { TransportError } from '../base/errors.ts';
import type { UnixAccess } from '../base/ports.ts';
import { applyAccess, pathError } from './unix.ts';

const open = promisify(openCallback);
const runFile = promisify(execFile);

/** How long a reader of a reply FIFO may take to empty it. */
const writeTimeoutMs = 2000;

/** A client such as kamctl starts its reader in the background: it may open the FIFO after its question was answered. */
const openTries = 40;
const openPauseMs = 25;

/** Makes and reads a FIFO. Node cannot make one itself, so `mkfifo` does. */
export async function openFifo(
  path: string,
  onData: (data: Buffer) => void,
  access: UnixAccess = {},
): Promise<{ close(): void }> {
  try {
    await removeOld(path);
    await runFile('mkfifo', ['-m', (access.mode ?? 0o660).toString(8), path]);
    await applyAccess(path, access);
    // Open for writing too: so the FIFO never ends when the last client closes its side.
    const socket = new Socket({
      fd: await open(path, constants.O_RDWR | constants.O_NONBLOCK),
      readable: true,
      writable: false,
    });
    socket.on('data', onData);
    socket.on('error', () => {});
    return {
      close: () => {
        socket.destroy();
        unlinkCallback(path, () => {});
      },
    };
  } catch (error) {
    throw pathError('opening FIFO', path, error);
  }
}

async function removeOld(path: string): Promise<void> {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isFIFO()) throw new TransportError('EEXIST', 'the file exists and is no FIFO');
  await unlink(path);
}

/** Writes to a FIFO that somebody else made and reads. Without a reader for a second it is refused (ENXIO). */
export async function writeFifo(path: string, data: Uint8Array): Promise<void> {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined || !stat.isFIFO()) {
    throw new TransportError('ENOENT', `writing FIFO ${path}: there is no such FIFO`);
  }
  const fd = await openForReader(path).catch((error: unknown) => {
    throw pathError('writing FIFO', path, error);
  });
  await writeAndClose(path, fd, data);
}

async function openForReader(path: string): Promise<number> {
  for (let tries = 1; ; tries++) {
    try {
      return await open(path, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENXIO' || tries === openTries) throw error;
      await pause(openPauseMs);
    }
  }
}

function writeAndClose(path: string, fd: number, data: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    let socket: Socket;
    try {
      socket = new Socket({ fd, readable: false, writable: true });
    } catch (error) {
      close(fd, () => {});
      reject(pathError('writing FIFO', path, error));
      return;
    }
    const timer = setTimeout(() => {
      socket.destroy(new TransportError('ETIMEDOUT', 'nobody reads it'));
    }, writeTimeoutMs);
    socket.on('error', (error) => reject(pathError('writing FIFO', path, error)));
    socket.on('close', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.end(data);
  });
}
