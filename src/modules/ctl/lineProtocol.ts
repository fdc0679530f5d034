import {
  RpcDouble,
  RpcFault,
  RpcLongList,
  RpcRecords,
  type RpcReply,
  RpcStruct,
  type RpcValue,
} from '../../module/rpc.ts';

/**
 * The old FIFO protocol: `:method:reply_file`, one argument a line, an empty line. The reply is `200 OK` or a code with
 * its reason, then one value a line.
 */
export interface LineRequest {
  readonly method: string;
  /** Name of the FIFO for the reply, under the directory of reply files; '' for none. */
  readonly replyTo: string;
  readonly args: readonly string[];
  /** Characters of the request with its empty line. */
  readonly length: number;
}

/** The first request in `text`; undefined when its end is not there yet, or an error. */
export function parseLineRequest(text: string): LineRequest | undefined | { readonly error: string } {
  const end = text.indexOf('\n\n');
  const single = /^:([A-Za-z0-9._]+):([^\n:]*)\n/.exec(text);
  if (end < 0)
    return text.length > 65536 || (text.includes('\n') && single === null)
      ? { error: 'malformed request' }
      : undefined;
  if (single === null) return { error: 'malformed request' };
  const args = text
    .slice(single[0].length, Math.max(end, single[0].length))
    .split('\n')
    .filter((line) => line !== '');
  return { method: single[1] as string, replyTo: single[2] as string, args, length: end + 2 };
}

export function renderLineReply(reply: RpcReply): string {
  if (reply instanceof RpcFault) return `${reply.code} ${reply.text}\n`;
  return `200 OK\n${reply.map((value) => `${renderValue(value)}\n`).join('')}`;
}

function renderValue(value: RpcValue): string {
  if (typeof value === 'number' || typeof value === 'string') return String(value);
  if (value instanceof RpcDouble) return value.value.toFixed(3);
  if (value instanceof RpcStruct)
    return value.members.map(({ name, value: v }) => `${name}:${renderValue(v)}`).join(' ');
  if (value instanceof RpcLongList) return Array.from(value.items(), renderValue).join(',');
  return (value instanceof RpcRecords ? value.list : value).map(renderValue).join(',');
}
