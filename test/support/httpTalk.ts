import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** What a server said to raw bytes on one connection. */
export interface HttpTalk {
  readonly text: string;
  /** It ended the connection by itself. */
  readonly closed: boolean;
}

/**
 * Sends text and reads until `answers` replies have come whole (by Content-Length), the connection ends, or nothing
 * comes for two seconds.
 */
export function talkHttp(
  port: number,
  text: string,
  options: { readonly answers?: number; readonly tls?: boolean; readonly chunks?: number } = {},
): Promise<HttpTalk> {
  const { answers = 1, tls = false, chunks = 1 } = options;
  const where = { host: '127.0.0.1', port };
  const socket: Socket = tls ? connectTls({ ...where, rejectUnauthorized: false }) : connect(where);
  return new Promise((resolve) => {
    let got = '';
    const done = (closed: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ text: got, closed });
    };
    const timer = setTimeout(() => done(false), 2000);
    const size = Math.ceil(text.length / chunks);
    for (let at = 0; at < text.length; at += size) socket.write(text.slice(at, at + size), 'latin1');
    socket.on('error', () => {});
    socket.on('close', () => done(true));
    socket.on('data', (data) => {
      got += data.toString('latin1');
      // the end of a connection comes right behind the answer: give it a turn
      if (wholeReplies(got) >= answers) setTimeout(() => done(false), 100);
    });
  });
}

function wholeReplies(text: string): number {
  let count = 0;
  for (let at = 0; ; count++) {
    const headEnd = text.indexOf('\r\n\r\n', at);
    if (headEnd < 0) return count;
    const length = /^content-length: (\d+)/im.exec(text.slice(at, headEnd))?.[1] ?? '0';
    at = headEnd + 4 + Number(length);
    if (at > text.length) return count;
  }
}
