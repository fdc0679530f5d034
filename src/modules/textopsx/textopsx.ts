import { RegexCache } from '../../base/posixRegex.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { Host } from '../../module/host.ts';
import { HeaderKind } from '../../sip/headerKind.ts';
import { isWireError, parseMessage, type SipMessage } from '../../sip/message.ts';
import { renderRequest, renderResponse } from '../../sip/render.ts';
import { bodyLinePieces, type HeaderPiece, headerPieces, Iterators, type Piece } from './iterators.ts';
import { compileWildcard } from './wildcard.ts';

/** Headers that `keep_hf` never takes away. */
const alwaysKept: readonly HeaderKind[] = [
  HeaderKind.via,
  HeaderKind.from,
  HeaderKind.to,
  HeaderKind.callId,
  HeaderKind.cseq,
  HeaderKind.contentLength,
  HeaderKind.contentType,
  HeaderKind.maxForwards,
  HeaderKind.contact,
  HeaderKind.route,
  HeaderKind.recordRoute,
];

/** Ends the script: the message is not usable any more. */
const stopScript = 0;

export class TextOpsX {
  readonly headers: Iterators<HeaderPiece>;
  readonly bodyLines: Iterators<Piece>;
  readonly #host: Host;
  readonly #wildcards = new RegexCache((pattern) => compileWildcard(pattern, false));
  readonly #looseWildcards = new RegexCache((pattern) => compileWildcard(pattern, true));

  constructor(host: Host) {
    this.#host = host;
    const complain = (text: string): void => host.log.error(text);
    this.headers = new Iterators('textopsx.headers', headerPieces, complain);
    this.bodyLines = new Iterators('textopsx.bodyLines', bodyLinePieces, complain);
  }

  /** Makes the pending edits part of the message that the script looks at. */
  applyChanges(context: ScriptContext): number {
    const { message, newBody } = context;
    if (message.edits.edits.some((edit) => typeof edit.text !== 'string')) {
      this.#host.log.error('cannot apply changes behind record_route: its text depends on the next hop');
      return -1;
    }
    const text = message.isRequest
      ? renderRequest(message, { requestUri: context.target.requestUri, body: newBody })
      : renderResponse(message, { body: newBody });
    // what was prepared for a reply is lost with the old message, as scripts see it in Kamailio
    context.replyHeaders = '';
    context.replyBody = undefined;
    return this.#replaceMessage(context, text);
  }

  /** Another message of the same sort in place of the one that was received. */
  setBuffer(context: ScriptContext, text: string): number {
    const result = this.#replaceMessage(context, text);
    if (result > 0 && context.message.isRequest) {
      context.target.requestUri = context.message.requestUri;
      context.uriChanged = false;
    }
    return result;
  }

  #replaceMessage(context: ScriptContext, text: string): number {
    const before = context.message;
    const message = parseMessage(text);
    if (isWireError(message)) {
      this.#host.log.error(`the changed message is malformed: ${message.reason}`);
      return stopScript;
    }
    if (message.isRequest !== before.isRequest) {
      this.#host.log.error('a request cannot become a response, nor the other way round');
      return -1;
    }
    context.message = message;
    if (context.response === before) context.response = message;
    context.newBody = undefined;
    return 1;
  }

  /** -1 where the status may not change: no response, or provisional and 2xx into another class. */
  changeStatus(message: SipMessage, code: number, reason: string | undefined): number {
    if (message.isRequest || !(code >= 100 && code <= 699)) return -1;
    const sameClass = Math.trunc(code / 100) === Math.trunc(message.statusCode / 100);
    if (message.statusCode < 300 && !sameClass) {
      this.#host.log.error(`the class of ${message.statusCode} cannot change`);
      return -1;
    }
    if (message.statusCode >= 300 && code < 300) return -1;
    message.changeStatus(code, reason ?? message.reasonPhrase);
    return 1;
  }

  removeBody(context: ScriptContext): number {
    const { message } = context;
    context.newBody = undefined;
    message.edits.revokeWhere((edit) => edit.start >= message.bodyStart);
    if (message.bodyEnd > message.bodyStart) message.edits.remove(message.bodyStart, message.bodyEnd);
    return 1;
  }

  keepHeaders(message: SipMessage, wanted: RegExp | undefined): number {
    for (let i = 0; i < message.headerCount; i++) {
      if (alwaysKept.includes(message.headerKind(i))) continue;
      if (wanted?.test(message.headerName(i)) !== true) message.removeHeader(i);
    }
    return 1;
  }

  matchesWildcard(value: string, pattern: string, flags: string): number {
    const cache = flags.includes('i') ? this.#looseWildcards : this.#wildcards;
    const compiled = cache.get(pattern);
    if ('error' in compiled) {
      this.#host.log.error(`malformed pattern "${pattern}": ${compiled.error}`);
      return -1;
    }
    return compiled.regex.test(value) ? 1 : -1;
  }
}
