import type { SipMessage } from '../../sip/message.ts';

/**
 * Is an audio stream of the SDP on hold? 1: connection address 0.0.0.0 (RFC 2543 §B.5), 2: `sendonly` or
 * `inactive` (RFC 3264 §8.4), -1: no.
 */
export function audioHold(message: SipMessage): number {
  const body = message.body;
  if (!body.startsWith('v=') && !body.includes('\nv=')) return -1;
  const session = { address: '', direction: '' };
  const streams: { kind: string; port: number; address: string; direction: string }[] = [];
  for (const line of body.split(/\r?\n/)) {
    const current = streams.at(-1) ?? session;
    if (line.startsWith('m=')) streams.push({ ...mediaLine(line), address: '', direction: '' });
    else if (line.startsWith('c=')) current.address = line.split(/\s+/)[2] ?? '';
    else if (/^a=(sendrecv|sendonly|recvonly|inactive)\s*$/.test(line))
      current.direction = line.slice(2).trim();
  }
  for (const stream of streams) {
    if (stream.kind !== 'audio' || stream.port === 0) continue;
    if ((stream.address || session.address) === '0.0.0.0') return 1;
    const direction = stream.direction || session.direction;
    if (direction === 'sendonly' || direction === 'inactive') return 2;
  }
  return -1;
}

function mediaLine(line: string): { kind: string; port: number } {
  const [kind = '', port = ''] = line.slice(2).split(/\s+/);
  return { kind, port: Number.parseInt(port, 10) || 0 };
}
