import type { ScriptContext } from '../../module/context.ts';
import { HeaderKind } from '../../sip/headerKind.ts';
import type { SipMessage } from '../../sip/message.ts';
import { reasonPhraseOf } from '../../sip/reasonPhrases.ts';

/** What is accounted of a transaction. */
export interface AccountRecord {
  readonly method: string;
  readonly fromTag: string;
  readonly toTag: string;
  readonly callId: string;
  /** Three digits, or '' when a script gave none. */
  readonly code: string;
  readonly reason: string;
  /** Microseconds since the epoch. */
  readonly timeMicros: number;
  /** Where variables are read. */
  readonly context: ScriptContext;
}

export interface Outcome {
  readonly code: string;
  readonly reason: string;
  readonly toTag: string;
}

/** The outcome that a response tells; one made here has the registered phrase of its status. */
export function outcomeOf(
  status: number,
  response: SipMessage | undefined,
  localTag: string,
  reasonFromHeader: boolean,
): Outcome {
  const code = `${status}`;
  if (response === undefined) return { code, reason: reasonPhraseOf(status), toTag: localTag };
  const header = reasonFromHeader ? response.value(HeaderKind.reason) : undefined;
  return { code, reason: header ?? response.reasonPhrase, toTag: response.toTag };
}

/** Code and reason in the comment of a script function: `404 Not found`, or no code. */
export function outcomeOfComment(comment: string, toTag: string): Outcome {
  const match = /^([1-6]\d\d)(?:\s+(.*))?$/s.exec(comment);
  return match === null
    ? { code: '', reason: comment, toTag }
    : { code: match[1] ?? '', reason: match[2] ?? '', toTag };
}
