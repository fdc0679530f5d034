import { contactOf, type Dialog } from '../dialog.ts';
import type { IncomingRequest } from '../incoming.ts';
import type { Phone } from '../phone.ts';
import { repeatUntil } from '../stop.ts';

/** Answers a request inside of a call, whichever side we are; `onBye` when it ends the call. */
export function answerInCall(
  phone: Phone,
  dialog: Dialog,
  request: IncomingRequest,
  onBye: () => void,
): void {
  switch (request.message.method) {
    case 'BYE':
      request.respond(200);
      onBye();
      return;
    case 'INVITE':
    case 'UPDATE':
      answerReinvite(phone, dialog, request);
      return;
    case 'REFER':
      request.respond(603);
      return;
    default:
      request.respond(200);
  }
}

/** 200 to a re-INVITE or UPDATE inside a call, with an answer to its offer. */
function answerReinvite(phone: Phone, dialog: Dialog, request: IncomingRequest): void {
  const way = { link: request.link, to: request.from };
  dialog.remoteTarget = contactOf(request.message) ?? dialog.remoteTarget;
  acceptInvite(phone, request, phone.answerTo(request.message.body, way));
}

/** 200 to an INVITE, repeated until its ACK comes. The function given back ends that; the ACK does so by `onAck` of the phone. */
export function acceptInvite(
  phone: Phone,
  request: IncomingRequest,
  body: string | undefined,
  toTag?: string,
): () => void {
  const accept = (): void =>
    request.respond(200, {
      toTag,
      contact: phone.contactOn({ link: request.link, to: request.from }),
      headers: `User-Agent: ${phone.profile.userAgent}\r\n`,
      body,
      contentType: 'application/sdp',
    });
  accept();
  if (request.message.method !== 'INVITE') return () => undefined;
  const listener = {
    take: () => false,
    takeAck: (transaction: unknown) => {
      if (transaction === request.transaction) finish();
    },
  };
  const stop = repeatUntil(phone.agent, accept, () => {
    phone.ignore(listener);
    phone.agent.note('no ACK came for our 200 to INVITE', 'warning');
  });
  const finish = (): void => {
    stop();
    phone.ignore(listener);
  };
  phone.listen(listener);
  return finish;
}
