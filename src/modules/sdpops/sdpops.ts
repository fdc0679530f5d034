import type { VariableRef } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { Host } from '../../module/host.ts';
import { HeaderKind } from '../../sip/headerKind.ts';
import { mediaTypeOf } from '../../sip/headerValues.ts';
import type { SipMessage } from '../../sip/message.ts';
import { directionOf, parseSdp, type Sdp, type SdpMedia } from '../../sip/sdp.ts';
import { type SdpBody, sdpBodyOf } from '../../sip/sdpBody.ts';
import { itemsOf, type Span, spansOfTypes, typesOfNames } from './codecs.ts';

/** The SDP of a message, and where it stands. */
export interface FoundSdp {
  readonly body: SdpBody;
  readonly sdp: Sdp;
}

/** undefined when there is none, or it is malformed. In a multipart body the last line keeps its end. */
export function sdpIn(message: SipMessage): FoundSdp | undefined {
  const { text } = message;
  const body = sdpBodyOf(message);
  if (body === undefined) return undefined;
  const isWhole = text[body.end - 1] === '\n' || !text.startsWith('\r\n', body.end);
  const end = isWhole ? body.end : body.end + 2;
  const sdp = parseSdp(text, body.start, end);
  return sdp === undefined ? undefined : { body: { ...body, end, text: text.slice(body.start, end) }, sdp };
}

function hasBody(message: SipMessage): boolean {
  return message.bodyEnd > message.bodyStart;
}

function mediaOf(sdp: Sdp, type: string | undefined): readonly SdpMedia[] {
  return type === undefined || type === '' ? sdp.media : sdp.media.filter(({ media }) => media === type);
}

function cut(message: SipMessage, spans: readonly Span[]): void {
  for (const { start, end } of spans) message.edits.remove(start, end);
}

/** How codecs are named in a list. */
export type Naming = 'id' | 'name';

export class SdpOps {
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Takes the listed codecs out, or with `keep` all others. -1 without SDP, or when no name means anything. */
  removeCodecs(
    { message }: ScriptContext,
    list: { readonly text: string; readonly by: Naming; readonly keep: boolean },
    type: string | undefined,
  ): number {
    const found = sdpIn(message);
    const types = found === undefined ? [] : typesOf(found.sdp, list.text, list.by);
    if (found === undefined || types.length === 0) return -1;
    const listed = new Set(types);
    for (const media of mediaOf(found.sdp, type))
      cut(
        message,
        spansOfTypes(message.text, media, (each) => listed.has(each) !== list.keep),
      );
    return 1;
  }

  /** 1 when every media section has all of them, 2 when some are there, -1 when none is. */
  withCodecs({ message }: ScriptContext, list: string, by: Naming): number {
    const found = sdpIn(message);
    if (found === undefined) return -1;
    const types = typesOf(found.sdp, list, by);
    let present = 0;
    for (const { formats } of found.sdp.media)
      present += types.filter((type) => formats.includes(type)).length;
    if (present === 0) return -1;
    return present === types.length * found.sdp.media.length ? 1 : 2;
  }

  removeLines({ message }: ScriptContext, prefix: string, type: string | undefined): number {
    const found = sdpIn(message);
    if (found === undefined) return -1;
    const { sdp } = found;
    const sections = type === undefined || type === '' ? [sdp, ...sdp.media] : mediaOf(sdp, type);
    for (const { lines } of sections)
      cut(
        message,
        lines.filter(({ start }) => message.text.startsWith(prefix, start)),
      );
    return 1;
  }

  /** Takes media sections out; -1 when there is none like that. */
  removeMedia({ message }: ScriptContext, isGone: (media: SdpMedia) => boolean): number {
    const gone = sdpIn(message)?.sdp.media.filter(isGone) ?? [];
    cut(message, gone);
    return gone.length > 0 ? 1 : -1;
  }

  withMedia({ message }: ScriptContext, fits: (media: SdpMedia, sdp: Sdp) => boolean): number {
    const found = sdpIn(message);
    return found?.sdp.media.some((media) => fits(media, found.sdp)) === true ? 1 : -1;
  }

  /** The transport that all media share: 1, or -2 when they differ; without a body there is nothing that differs. */
  transport(context: ScriptContext, target: VariableRef): number {
    const { message } = context;
    if (!hasBody(message)) return 1;
    const transports = new Set(sdpIn(message)?.sdp.media.map(({ protocol }) => protocol));
    const [transport] = transports;
    if (transport === undefined) return -1;
    if (transports.size > 1) return -2;
    target.set(context, transport);
    return 1;
  }

  print({ message }: ScriptContext, level: number): number {
    if (!hasBody(message)) return 1;
    const found = sdpIn(message);
    if (found === undefined) return -1;
    const { log } = this.#host;
    log.write(
      level,
      `sdp: session of ${found.sdp.origin?.address ?? '?'} with ${found.sdp.media.length} media`,
    );
    for (const { media, port, protocol, formats } of found.sdp.media)
      log.write(level, `sdp: ${media} port ${port} ${protocol} formats ${formats.join(' ')}`);
    return 1;
  }

  get(context: ScriptContext, target: VariableRef): number {
    if (!hasBody(context.message)) return -2;
    const found = sdpIn(context.message);
    if (found === undefined) return -1;
    target.set(context, found.body.text);
    return 1;
  }

  getLine(context: ScriptContext, target: VariableRef, prefix: string): number {
    const { message } = context;
    if (!hasBody(message)) return -2;
    const sdp = sdpIn(message)?.sdp;
    if (sdp === undefined) return -1;
    const lines = [sdp, ...sdp.media].flatMap((section) => section.lines);
    const line = lines.find(({ start }) => message.text.startsWith(prefix, start));
    if (line === undefined) return -1;
    target.set(context, message.text.slice(line.start, line.valueEnd));
    return 1;
  }

  content({ message }: ScriptContext, sloppy: boolean): number {
    if (!sloppy) return sdpIn(message) === undefined ? -1 : 1;
    if (!hasBody(message)) return -1;
    const type = message.has(HeaderKind.contentType) ? mediaTypeOf(message) : undefined;
    if (type === 'application/sdp') return 1;
    return type === 'multipart/mixed' && message.body.includes('application/sdp') ? 1 : -1;
  }

  withIce({ message }: ScriptContext): number {
    const sdp = sdpIn(message)?.sdp;
    const sections = sdp === undefined ? [] : [sdp, ...sdp.media];
    return sections.some(({ attributes }) => attributes.some(({ name }) => name === 'candidate')) ? 1 : -1;
  }

  /** 4 or 6, of the session or else of the first media; -1 without a connection. */
  addressFamily({ message }: ScriptContext): number {
    const sdp = sdpIn(message)?.sdp;
    const connection = sdp?.connection ?? sdp?.media.find((media) => media.connection)?.connection;
    if (connection === undefined) return -1;
    return connection.addressType === 'IP6' ? 6 : 4;
  }
}

function typesOf(sdp: Sdp, list: string, by: Naming): string[] {
  const items = itemsOf(list);
  return by === 'id' ? items : typesOfNames(sdp, items);
}

/** Is media sent or received there? */
export function isActive(media: SdpMedia, sdp: Sdp): boolean {
  return media.port !== 0 && directionOf(sdp, media) !== 'inactive';
}
