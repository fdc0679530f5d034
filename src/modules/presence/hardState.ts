import type { EventPackage } from './api.ts';
import { type Notifier, turnKey } from './notifier.ts';
import { accountOf, type Parts } from './parts.ts';

/** Life of a document that stands for good, seconds since the epoch: the end of 32 bit time. */
const foreverSec = 0x7fff_ffff;

/** A pidf-manipulation document: where it is, and its name, which becomes its entity tag. */
export interface HardStateFile {
  readonly uri: string;
  readonly name: string;
}

/**
 * A document on the XCAP server stands for the presentity as long as it is there (RFC 4827): takes it over as it is
 * now, or out when it has gone, and tells the watchers. False when nothing could be done.
 */
export async function setHardState(
  { parts, notifier }: { readonly parts: Parts; readonly notifier: Notifier },
  uri: string,
  event: EventPackage,
  file: HardStateFile,
): Promise<boolean> {
  const account = accountOf(uri);
  if (account === undefined) return false;
  const body = await event.authorization?.hardState?.(account.user, account.domain, file.uri);
  const { documents } = parts.stores;
  const presentity = { ...account, event: event.name };
  return await parts.turns.inTurn(turnKey(uri, event.name), async () => {
    if (body === undefined) {
      await notifier.tellAll(presentity, event, { leavingEtag: file.name });
      return await documents.remove(presentity, file.name);
    }
    const change = { body, receivedSec: parts.nowSec(), expiresSec: foreverSec };
    if (!(await documents.change(presentity, file.name, change)))
      await documents.add({
        ...presentity,
        ...change,
        etag: file.name,
        sender: '',
        priority: 0,
        ruid: `pres-hard-${account.user}@${account.domain}-${file.name}`.slice(0, 64),
      });
    await notifier.tellAll(presentity, event);
    return true;
  });
}
