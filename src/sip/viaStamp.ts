import type { SocketAddress } from '../base/ports.ts';
import type { Edit } from './editList.ts';
import type { Via } from './via.ts';

/**
 * What a receiver adds to the topmost Via of a request, as sorted edits inside that Via value; empty when
 * there is nothing to add.
 *
 * `received` is added when sent-by is not literally the source address (RFC 3261 §18.2.1) or the client asked
 * with `rport` (RFC 3581 §4), at `receivedAt`. `rport` is filled in where it stands; with `forceRport` it is
 * added when the client did not ask. What the client itself claims in `received` or `rport` is replaced.
 */
export function stampOfVia(
  via: Via,
  source: SocketAddress,
  forceRport: boolean,
  receivedAt: number = via.sentByEnd,
): Edit[] {
  const asked = via.rportStart >= 0;
  let added = forceRport && !asked ? `;rport=${source.port}` : '';
  if (asked || !isSameHost(via.host, source.address)) added += `;received=${source.address}`;
  const edits: Edit[] = [];
  if (via.receivedStart >= 0) edits.push(edit(via.receivedStart, via.receivedEnd, ''));
  if (asked) edits.push(edit(via.rportStart, via.rportEnd, `;rport=${source.port}`));
  if (added !== '') edits.push(edit(receivedAt, receivedAt, added));
  return edits.length > 1 ? edits.sort((a, b) => a.start - b.start || a.end - b.end) : edits;
}

function edit(start: number, end: number, text: string): Edit {
  return { start, end, text, rank: 0 };
}

/** True if sent-by's host is literally the source address; a name never is. */
function isSameHost(host: string, address: string): boolean {
  if (host === address) return true;
  if (host.charCodeAt(0) !== 0x5b) return false;
  return host.length === address.length + 2 && host.slice(1, -1).toLowerCase() === address.toLowerCase();
}
