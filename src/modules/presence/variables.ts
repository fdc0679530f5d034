import type { Value } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { PvDeclaration } from '../../module/define.ts';
import { replyScratch } from './notifyReplies.ts';
import type { Presence } from './presence.ts';
import type { Subscription } from './subscription.ts';

const attributes: Readonly<Record<string, (subscription: Subscription) => Value>> = {
  uri: ({ presentityUri }) => presentityUri,
  pres_uri: ({ presentityUri }) => presentityUri,
  to_user: ({ toUser }) => toUser,
  to_domain: ({ toDomain }) => toDomain,
  from_user: ({ fromUser }) => fromUser,
  from_domain: ({ fromDomain }) => fromDomain,
  watcher_username: ({ watcherUser }) => watcherUser,
  watcher_domain: ({ watcherDomain }) => watcherDomain,
  event: ({ event }) => event,
  event_id: ({ eventId }) => eventId,
  to_tag: ({ toTag }) => toTag,
  from_tag: ({ fromTag }) => fromTag,
  callid: ({ callId }) => callId,
  remote_cseq: ({ remoteCseq }) => remoteCseq,
  local_cseq: ({ lastCseq }) => Math.max(0, lastCseq - 1),
  contact: ({ contact }) => contact,
  local_contact: ({ localContact }) => localContact,
  record_route: ({ recordRoute }) => recordRoute,
  status: ({ status }) => status,
  reason: ({ reason }) => reason,
  version: ({ version }) => version,
  flags: ({ flags }) => flags,
  user_agent: ({ userAgent }) => userAgent,
};

const names = [...Object.keys(attributes), 'expires'];

export const variables: Readonly<Record<string, PvDeclaration<Presence>>> = {
  subs: {
    doc: 'Attributes of a subscription: after handle_subscribe(), in tm:local-request for a NOTIFY, in presence:notify-reply.',
    inner: 'required',
    bind: (self, { inner }) => {
      const attribute = inner === undefined ? undefined : attributes[inner];
      if (inner === undefined || !names.includes(inner))
        return { message: `$subs: no attribute '${inner ?? ''}'; there are ${names.join(', ')}` };
      return {
        get: (context) => {
          const subscription = self.subscriptionOf(context);
          if (subscription === undefined) return null;
          return attribute === undefined ? leftSec(self, subscription) : attribute(subscription);
        },
      };
    },
  },
  notify_reply: {
    doc: 'A variable of the answer to NOTIFY, in presence:notify-reply.',
    inner: 'required',
    bind: (_self, pv) => ({
      get: (context) => {
        const reply = context.scratch.get(replyScratch) as ScriptContext | undefined;
        return reply === undefined ? null : typed(pv.innerOf(reply));
      },
    }),
  },
};

function leftSec(self: Presence, subscription: Subscription): number {
  return subscription.leftSec(Math.floor(self.host.clock.wallMs() / 1000));
}

/** Variables come as text; plain numbers compare as numbers again. */
function typed(text: string): Value {
  if (text === '<null>') return null;
  return /^(0|[1-9]\d{0,14})$/.test(text) ? Number(text) : text;
}
