import { HeaderKind, headerKindOf } from '../../sip/headerKind.ts';
import { parseUint } from '../../sip/scan.ts';

/** Header lines of an own request, those that the builder writes itself taken apart. */
export interface DescribedHeaders {
  readonly from: string;
  readonly to: string;
  readonly callId: string;
  /** 0 when there is none. */
  readonly cseq: number;
  readonly contentType: string;
  /** All others, each with CRLF. */
  readonly rest: string;
}

/** Lines may end in LF or CRLF; Content-Length and empty lines are left out. */
export function splitHeaders(text: string): DescribedHeaders {
  const known = new Map<HeaderKind, string>();
  let rest = '';
  for (const line of unfolded(text)) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const kind = headerKindOf(line.slice(0, colon).trim());
    if (ownKinds.has(kind)) known.set(kind, line.slice(colon + 1).trim());
    else if (kind !== HeaderKind.contentLength) rest += `${line}\r\n`;
  }
  const cseq = (known.get(HeaderKind.cseq) ?? '').split(' ')[0] ?? '';
  return {
    from: known.get(HeaderKind.from) ?? '',
    to: known.get(HeaderKind.to) ?? '',
    callId: known.get(HeaderKind.callId) ?? '',
    cseq: Math.max(0, parseUint(cseq, 0, cseq.length, 0x7fffffff)),
    contentType: known.get(HeaderKind.contentType) ?? '',
    rest,
  };
}

const ownKinds: ReadonlySet<HeaderKind> = new Set([
  HeaderKind.from,
  HeaderKind.to,
  HeaderKind.callId,
  HeaderKind.cseq,
  HeaderKind.contentType,
]);

function unfolded(text: string): string[] {
  const lines: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    if ((line.startsWith(' ') || line.startsWith('\t')) && lines.length > 0)
      lines[lines.length - 1] += ` ${line.trim()}`;
    else lines.push(line);
  }
  return lines;
}
