import type { SocketAddress } from '../../base/ports.ts';
import { isWireError, parseMessage } from '../../sip/message.ts';
import { reasonPhraseOf } from '../../sip/reasonPhrases.ts';
import { buildResponse } from '../../sip/response.ts';

/** The answer to a request that cannot be read to its end; '' for responses, ACK, and what is no SIP. */
export function refusal(head: string, status: number, source: SocketAddress): string {
  const request = parseMessage(head.endsWith('\r\n\r\n') || head.endsWith('\n\n') ? head : `${head}\r\n\r\n`);
  if (isWireError(request) || !request.isRequest || request.method === 'ACK') return '';
  return buildResponse(request, status, reasonPhraseOf(status), { toTag: 'olelo', source });
}
