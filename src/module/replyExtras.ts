/** What a script has prepared for own responses: `append_to_reply`, `set_reply_body` and their like. */
export interface ReplyExtras {
  /** Full header lines. */
  replyHeaders: string;
  replyBody: ReplyBody | undefined;
}

export interface ReplyBody {
  readonly contentType: string;
  readonly body: string;
  /** Where in `replyHeaders` its Content-Type goes: before what was appended later. */
  readonly headerOffset: number;
}

interface ReplyParts {
  readonly headers?: string | undefined;
  readonly body?: string | undefined;
  readonly contentType?: string | undefined;
}

/** A copy for later; undefined when nothing was prepared. */
export function extrasOf({ replyHeaders, replyBody }: ReplyExtras): ReplyExtras | undefined {
  return replyHeaders === '' && replyBody === undefined ? undefined : { replyHeaders, replyBody };
}

/** A response's own parts with what was prepared; its own body goes before a prepared one. */
export function withExtras(extras: ReplyExtras | undefined, own: ReplyParts): ReplyParts {
  if (extras === undefined) return own;
  const { replyHeaders, replyBody } = extras;
  const headers = own.headers ?? '';
  if (own.body !== undefined || replyBody === undefined)
    return { headers: replyHeaders + headers, body: own.body, contentType: own.contentType };
  const { body, contentType, headerOffset } = replyBody;
  const before = `${replyHeaders.slice(0, headerOffset)}Content-Type: ${contentType}\r\n`;
  return { headers: before + replyHeaders.slice(headerOffset) + headers, body, contentType: undefined };
}
