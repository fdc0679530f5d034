import { socketText } from '../../client/compose.ts';
import { type ClientEvent, isNote, type NoteEvent, type WireEvent } from '../../client/events.ts';
import type { SipMessage } from '../../sip/message.ts';
import { textOf } from './bytes.ts';
import { paintStatus, printable, type Style } from './style.ts';

/** What is shown: 0 nothing, 1 results, 2 a line for each message, 3 whole messages. */
export interface ViewOptions {
  readonly level: number;
  readonly style: Style;
  readonly colorMessages: boolean;
  /** Several users: each line names whose it is. */
  readonly showAgent: boolean;
}

/** Prints events as they happen. */
export function makeView(options: ViewOptions, print: (text: string) => void): (event: ClientEvent) => void {
  return (event) => {
    const text = eventText(event, options);
    if (text !== '') print(text);
  };
}

function eventText(event: ClientEvent, options: ViewOptions): string {
  if (isNote(event)) return noteText(event, options);
  if (options.level < 2) return '';
  const line = wireLine(event, options);
  return options.level < 3 ? line : `${line}\n${messageText(event, options)}`;
}

function noteText(event: NoteEvent, { level, style, showAgent }: ViewOptions): string {
  if (level < (event.kind === 'warning' ? 1 : 2)) return '';
  const who = showAgent ? `${event.agent.padEnd(8)} ` : '';
  const text = `${clockText(event.wallMs)}  ${who}${printable(textOf(event.text))}`;
  return event.kind === 'warning' ? style.bad(text) : style.faint(text);
}

/** `12:30:59.123  alice  -> udp:127.0.0.1:5060  INVITE sip:bob@127.0.0.1`. */
function wireLine(event: WireEvent, { style, showAgent }: ViewOptions): string {
  const isSent = event.kind === 'sent';
  const arrow = isSent ? style.sent('->') : style.received('<-');
  const peer = `${event.proto}:${socketText(event.remote)}`;
  const who = showAgent ? `${event.agent.padEnd(8)} ` : '';
  const again = event.repeated ? style.faint(' (again)') : '';
  return `${style.faint(clockText(event.wallMs))}  ${who}${arrow} ${peer}  ${summary(event, style)}${again}`;
}

function summary(event: WireEvent, style: Style): string {
  const { message } = event;
  if (message === undefined) return style.bad(`no SIP: ${JSON.stringify(event.text.slice(0, 60))}`);
  if (message.isRequest) return style.strong(`${message.method} ${printable(message.requestUri)}`);
  return paintStatus(style, message.statusCode, `${statusText(message)} (${printable(message.method)})`);
}

/** `200 OK`. */
export function statusText(message: SipMessage): string {
  return `${message.statusCode} ${printable(textOf(message.reasonPhrase))}`.trimEnd();
}

function messageText(event: WireEvent, { style, colorMessages }: ViewOptions): string {
  const lines = printable(textOf(event.text)).replace(/\n$/, '').split('\n');
  const paint = event.kind === 'sent' ? style.sent : style.received;
  const shown = lines.map((line, i) => {
    if (!colorMessages) return `    ${line}`;
    const colon = line.indexOf(':');
    return i === 0 || colon < 0
      ? `    ${paint(line)}`
      : `    ${paint(line.slice(0, colon))}${line.slice(colon)}`;
  });
  return `${shown.join('\n').trimEnd()}\n`;
}

/** `12:30:59.123`, UTC. */
export function clockText(wallMs: number): string {
  return new Date(wallMs).toISOString().slice(11, 23);
}

/** `1.3 ms`, `12 ms`, `3.2 s`. */
export function durationText(ms: number): string {
  if (ms >= 10_000) return `${(ms / 1000).toFixed(0)} s`;
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`;
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${ms.toFixed(0)} ms`;
}
