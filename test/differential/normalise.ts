/** Makes the outcomes of two servers comparable: what each of them invents gets a name by order of appearance. */
import type { Received } from '../support/peer.ts';
import type { Outcome } from './stage.ts';

export function outcomeText(outcome: Outcome): string {
  if (outcome.rejected) return 'the config is rejected\n';
  const parts = [...outcome.received].map(([peer, received]) => peerText(peer, received));
  if (parts.length === 0) parts.push('the config is accepted');
  if (outcome.rows.length > 0) parts.push(`==== rows\n${outcome.rows.map(shownRow).join('\n')}`);
  if (outcome.trouble !== undefined) parts.push(`TROUBLE: ${outcome.trouble}`);
  return `${nameInventions(parts.join('\n\n'))}\n`;
}

function peerText(peer: string, received: readonly Received[]): string {
  if (received.length === 0) return `==== ${peer} received nothing`;
  return received
    .map((message, i) => `==== ${peer} ${i + 1}: ${origin(message)}\n${visible(message.text)}`)
    .join('\n');
}

function origin(message: Received): string {
  if (message.transport === 'control') return 'command';
  return message.transport === 'udp' ? `udp from port ${message.fromPort}` : message.transport;
}

/**
 * Bytes outside ASCII and control characters are shown as escapes. In the head, where lines end in CRLF, a lone CR or
 * LF is one of them; in the body, where they may end in either, a CR is.
 */
function visible(text: string): string {
  const end = text.indexOf('\r\n\r\n');
  const lines = (end < 0 ? text : text.slice(0, end)).split('\r\n');
  const head = lines.filter(isCompared(text)).map(escapeControls).join('\n');
  const body = end < 0 ? '' : text.slice(end + 4);
  if (body === '') return `${head}\n`;
  return `${head}\n\n${body.split('\n').map(escapeControls).join('\n')}`;
}

/** HTTP servers write headers of their own: a date, what becomes of the connection; Kamailio turns a Via into `Sia`. */
const ownHttpHeader = /^(Sia|Date|Connection|Keep-Alive):/i;

function isCompared(text: string): (line: string) => boolean {
  const isHttp = text.startsWith('HTTP/');
  // RFC 9110 §8.6: there is none in a 1xx
  const isSwitch = text.startsWith('HTTP/1.1 101');
  return (line) => !(isHttp && ownHttpHeader.test(line)) && !(isSwitch && line === 'Content-Length: 0');
}

function shownRow(row: string): string {
  return row.split('\n').map(escapeControls).join('\n');
}

function escapeControls(line: string): string {
  return line.replace(/[\u0000-\u001f\u007f-\u00ff]/g, escapeByte);
}

function escapeByte(char: string): string {
  if (char === '\r') return '\\r';
  if (char === '\n') return '\\n';
  if (char === '\t') return '\\t';
  return `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

/**
 * Peers begin their branches with `z9hG4bK-` and their tags with `from-`, `to-` or `x-`; others come from the server, and so
 * do nonces (one a second, so how many there are in a case is chance), from which digest responses follow. Nonces that peers
 * invent begin with `x-`.
 */
function nameInventions(text: string): string {
  const branches = new Map<string, string>();
  const tags = new Map<string, string>();
  const etags = new Map<string, string>();
  return text
    .replace(/\ba\.\d+\.\d+\.\d+\.\d+\b/g, (value) => name(etags, value, 'etag'))
    .replace(
      /(;branch=|^via-branch: )(z9hG4bK(?!-)[^;,\s>]*|0)/gm,
      (_, key: string, value: string) => key + name(branches, value, 'branch'),
    )
    .replace(
      /(;tag=)((?!from-|to-|x-)[^;,\s>]+)/g,
      (_, key: string, value: string) => key + name(tags, value, 'tag'),
    )
    .replace(/(\b(?:next)?nonce=")((?!x-)[A-Za-z0-9+/=]{16,})"/g, '$1<nonce>"')
    .replace(/(\b(?:response|rspauth)=")([0-9a-f]{32,128})"/g, '$1<digest>"')
    .replace(/^(Call-ID: )[0-9a-f]+-[0-9a-f]+-[0-9a-f]+@.*$/gm, '$1<call-id>')
    .replace(/(;rport=)[1-9]\d{4}\b/g, '$1<port>')
    .replace(/^(Via: SIP\/2\.0\/WSS?) +/gm, '$1 ') // Kamailio writes one blank too many
    .replace(/^(Date: ).*$/gm, '$1<date>')
    .replace(/(;expires=)(\d+)/g, (_, key: string, value: string) => key + roundExpires(Number(value)));
}

function name(known: Map<string, string>, value: string, kind: string): string {
  if (value === '0') return value;
  const named = known.get(value) ?? `<${kind}${known.size + 1}>`;
  known.set(value, named);
  return named;
}

/** A second may pass between save and answer: 3599 left is 3600 asked. */
function roundExpires(seconds: number): number {
  return seconds % 10 === 9 ? seconds + 1 : seconds;
}
