import { hostOfAddress } from '../base/ip.ts';
import type { SocketAddress, TransportProtocol } from '../base/ports.ts';
import { isWireError, parseMessage, type SipMessage } from '../sip/message.ts';
import { isToken } from '../sip/scan.ts';
import { ClientFailure } from './failure.ts';
import { messageLimits } from './limits.ts';
import type { Link, Way } from './link.ts';
import { renderTemplate } from './template/render.ts';
import { TemplateError } from './template/syntax.ts';
import type { Variables } from './template/variables.ts';

export type Fields = Readonly<Record<string, unknown>>;

export interface HeaderField {
  readonly name: string;
  readonly value: string;
}

/** What a request is made of. All texts are latin1, one character a byte. */
export interface Recipe {
  readonly template: string;
  /** Before evaluation; see `Variables`. */
  readonly fields: Fields;
  /** Names of fields to leave out, whatever else says. */
  readonly unset: readonly string[];
  /** Replace `$uuid` and the like in field values. */
  readonly evaluate: boolean;
  readonly headers: readonly HeaderField[];
  /** A template or a text; undefined leaves what the template has behind its empty line. */
  readonly body: { readonly text: string; readonly isTemplate: boolean; readonly type: string } | undefined;
  /** Turn line feeds of the head into CRLF. */
  readonly crlf: boolean;
}

/** The text of a request, ready for the wire. Throws a `ClientFailure` when it may not be sent. */
export function composeText(recipe: Recipe, variables: Variables, way: Way): string {
  try {
    const fields = completeFields(recipe, variables, way);
    const filled = renderTemplate(recipe.template, fields).replace(/\$rmeol\r?\n/g, '');
    const head = recipe.crlf ? withCrlf(filled) : filled;
    return assemble(head, bodyText(recipe, fields), recipe);
  } catch (error) {
    if (error instanceof TemplateError) throw new ClientFailure('usage', error.message, { cause: error });
    throw error;
  }
}

/** The same as a message. */
export function composeRequest(recipe: Recipe, variables: Variables, way: Way): SipMessage {
  const text = composeText(recipe, variables, way);
  const message = parseMessage(text, messageLimits);
  if (isWireError(message) || !message.isRequest) {
    const why = isWireError(message) ? message.reason : 'it is no request';
    throw new ClientFailure(
      'usage',
      `the template makes no SIP request (${why}); --no-parse sends it as it is`,
    );
  }
  if ((message.topmostVia?.branch ?? '') === '' || message.cseq === undefined) {
    throw new ClientFailure(
      'usage',
      'the request needs a Via with a branch and a CSeq, or no response can be told to be its own; --no-parse sends it as it is',
    );
  }
  return message;
}

/** Body and Content-Length put in; the latter replaces that of the template. */
function assemble(head: string, body: { text: string; type: string } | undefined, recipe: Recipe): string {
  const lineEnd = recipe.crlf ? '\r\n' : '\n';
  const separator = /\r?\n\r?\n/.exec(head);
  const headEnd = separator?.index ?? head.trimEnd().length;
  const ownBody = separator === null ? '' : head.slice(separator.index + separator[0].length);
  const lines = head
    .slice(0, headEnd)
    .split(/\r?\n/)
    .filter((line) => !/^(content-length|l)\s*:/i.test(line));
  for (const { name, value } of recipe.headers) lines.push(`${name}: ${value}`);
  const text = body?.text ?? ownBody;
  const hasType = lines.some((line) => /^(content-type|c)\s*:/i.test(line));
  if (body !== undefined && body.text !== '' && !hasType) lines.push(`Content-Type: ${body.type}`);
  lines.push(`Content-Length: ${text.length}`);
  return `${lines.join(lineEnd)}${lineEnd}${lineEnd}${text}`;
}

function bodyText({ body }: Recipe, fields: Fields): { text: string; type: string } | undefined {
  if (body === undefined) return undefined;
  return { text: body.isTemplate ? renderTemplate(body.text, fields) : body.text, type: body.type };
}

/** Evaluated fields, and what only the open link knows. */
function completeFields(recipe: Recipe, variables: Variables, way: Way): Fields {
  const fields: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(recipe.fields)) {
    fields[name] = recipe.evaluate && typeof value === 'string' ? variables.evaluate(value) : value;
    if (value !== '$cr' && value !== '$lf') refuseLineBreaks(`field "${name}"`, fields[name]);
  }
  Object.assign(fields, wayFields(way, fields));
  for (const name of recipe.unset) delete fields[name];
  return fields;
}

function wayFields({ link, to }: Way, fields: Fields): Fields {
  const { address, port } = link.local;
  const six = address.includes(':');
  return {
    afver: six ? '6' : '4',
    sdpaf: six ? 'IP6' : 'IP4',
    localaddr: socketText(link.local),
    localip: address,
    localport: String(port),
    proto: link.proto,
    protoup: link.proto.toUpperCase(),
    targetaddr: socketText(to),
    targetip: to.address,
    targetport: String(to.port),
    viaproto: fields.viaproto ?? link.proto.toUpperCase(),
    viaaddr: fields.viaaddr ?? socketText(link.local),
    cr: '\r',
    lf: '\n',
    tab: '\t',
  };
}

/** A line break in a value would begin a header line of somebody else's choice. */
export function refuseLineBreaks(what: string, value: unknown): void {
  if (typeof value === 'string' && /[\r\n]/.test(value)) {
    const shown = JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}...` : value);
    throw new ClientFailure('unsendable', `${what} has a line break in its value ${shown}: refused`);
  }
  if (Array.isArray(value)) for (const each of value) refuseLineBreaks(what, each);
  else if (typeof value === 'object' && value !== null) refuseLineBreaks(what, Object.values(value));
}

/** `Name: value` or `Name:value` of `--header`. */
export function parseHeaderField(text: string): HeaderField {
  const colon = text.indexOf(':');
  const name = text.slice(0, Math.max(colon, 0)).trim();
  if (colon < 0 || !isToken(name)) throw new ClientFailure('usage', `header "${text}": wants "Name: value"`);
  const value = text.slice(colon + 1).trim();
  refuseLineBreaks(`header ${name}`, text);
  return { name, value };
}

function withCrlf(text: string): string {
  const end = /\r?\n\r?\n/.exec(text);
  const headEnd = end === null ? text.length : end.index + end[0].length;
  return text.slice(0, headEnd).replace(/\r?\n/g, '\r\n') + text.slice(headEnd);
}

/** `127.0.0.1:5060`, `[::1]:5060`. */
export function socketText({ address, port }: SocketAddress): string {
  return `${hostOfAddress(address)}:${port}`;
}

/** The URI under which others reach this end of a link. */
export function contactUri(user: string, link: Link): string {
  const transport = contactTransport(link.proto);
  return `sip:${user === '' ? '' : `${user}@`}${socketText(link.local)}${transport}`;
}

function contactTransport(proto: TransportProtocol): string {
  if (proto === 'udp') return '';
  return `;transport=${proto === 'wss' ? 'ws' : proto}`;
}
