import { socketText } from '../../client/compose.ts';
import { type ClientEvent, isNote, type WireEvent } from '../../client/events.ts';
import { textOf } from './bytes.ts';

/** One event as a JSON object in one line (`--json`). docs/send.md describes the members. */
export function eventJson(event: ClientEvent): string {
  const time = new Date(event.wallMs).toISOString();
  if (isNote(event))
    return JSON.stringify({ event: event.kind, time, agent: event.agent, text: textOf(event.text) });
  return JSON.stringify({
    event: event.kind,
    time,
    agent: event.agent,
    proto: event.proto,
    local: socketText(event.local),
    remote: socketText(event.remote),
    repeated: event.repeated,
    ...messageMembers(event),
    text: textOf(event.text),
  });
}

function messageMembers({ message }: WireEvent): object {
  if (message === undefined) return { sip: false };
  const { callId, method } = message;
  const cseq = message.cseq?.number;
  if (message.isRequest) return { sip: true, method, requestUri: message.requestUri, callId, cseq };
  return {
    sip: true,
    status: message.statusCode,
    reason: textOf(message.reasonPhrase),
    method,
    callId,
    cseq,
  };
}
