import { socketText } from '../../client/compose.ts';
import type { WireEvent } from '../../client/events.ts';
import { textOf } from './bytes.ts';
import { paintStatus, printable, type Style } from './style.ts';

/** Messages that a ladder shows at most; the first ones are kept. */
export const maxRungs = 500;

/** A ladder of what went over the wire: one lane for each of us and each peer, time in seconds from the first message. */
export function ladderText(events: readonly WireEvent[], style: Style, columns: number): string {
  const lanes = lanesOf(events);
  const first = events[0];
  if (first === undefined || lanes.length < 2) return '';
  const timeWidth = 9;
  const wanted = Math.max(26, ...lanes.map((lane) => lane.length + 4));
  const width = Math.max(20, Math.min(wanted, Math.floor((columns - timeWidth - 12) / (lanes.length - 1))));
  const lines = [heading(lanes, width, timeWidth)];
  for (const event of events.slice(0, maxRungs)) {
    const [from, to] = ends(event).map((lane) => lanes.indexOf(lane)) as [number, number];
    const time = ((event.atMs - first.atMs) / 1000).toFixed(3).padStart(timeWidth - 2);
    lines.push(`${style.faint(time)}  ${rung(event, from, to, lanes.length, width, style)}`);
  }
  if (events.length > maxRungs) lines.push(`${events.length - maxRungs} more messages`);
  return lines.join('\n');
}

/** Our first agent, the peers in the order of their appearance, our second agent. */
function lanesOf(events: readonly WireEvent[]): string[] {
  const agents = [...new Set(events.map(({ agent }) => agent))];
  const peers = [...new Set(events.map(peerText))];
  return [...agents.slice(0, 1), ...peers, ...agents.slice(1)];
}

function peerText({ proto, remote }: WireEvent): string {
  return `${proto}:${socketText(remote)}`;
}

function ends(event: WireEvent): readonly [string, string] {
  return event.kind === 'sent' ? [event.agent, peerText(event)] : [peerText(event), event.agent];
}

function heading(lanes: readonly string[], width: number, timeWidth: number): string {
  const first = lanes[0] as string;
  const start = Math.max(0, timeWidth - Math.floor(first.length / 2));
  let line = '';
  lanes.forEach((lane, i) => {
    const middle = timeWidth + i * width;
    const at = i === 0 ? start : Math.max(line.length + 1, middle - Math.floor(lane.length / 2));
    line = line.padEnd(at) + lane;
  });
  return line;
}

/** `|---- INVITE ----->|             |` */
function rung(
  event: WireEvent,
  from: number,
  to: number,
  lanes: number,
  width: number,
  style: Style,
): string {
  const left = Math.min(from, to);
  const right = Math.max(from, to);
  let line = '';
  for (let lane = 0; lane < lanes; lane++) {
    line += '|';
    if (lane === left) {
      line += arrow(event, (right - left) * width - 1, from < to, style);
      lane = right - 1;
    } else if (lane < lanes - 1) line += ' '.repeat(width - 1);
  }
  return line;
}

function arrow(event: WireEvent, length: number, rightward: boolean, style: Style): string {
  const label = labelOf(event);
  const text = label.length > length - 6 ? `${label.slice(0, length - 7)}…` : label;
  const free = length - text.length - 3;
  const before = Math.max(1, Math.floor(free / 2));
  const after = '-'.repeat(Math.max(1, free - before));
  const painted =
    event.message?.isRequest === false
      ? paintStatus(style, event.message.statusCode, text)
      : style.strong(text);
  return rightward
    ? `${'-'.repeat(before)} ${painted} ${after}>`
    : `<${'-'.repeat(before)} ${painted} ${after}`;
}

function labelOf({ message, repeated, text }: WireEvent): string {
  const again = repeated ? ' (again)' : '';
  if (message === undefined) return `no SIP: ${printable(text.slice(0, 12))}`;
  if (!message.isRequest) return `${message.statusCode} ${printable(textOf(message.reasonPhrase))}${again}`;
  return `${printable(message.method)}${again}`;
}
