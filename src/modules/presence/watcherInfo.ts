import { Status } from './api.ts';
import type { Subscription } from './subscription.ts';

const statusNames = {
  [Status.active]: 'active',
  [Status.pending]: 'pending',
  [Status.terminated]: 'terminated',
  [Status.waiting]: 'waiting',
} as const;

export function statusName(status: Status): string {
  return statusNames[status];
}

export interface WatcherInfo {
  readonly resource: string;
  /** Name of the watched package. */
  readonly package: string;
  readonly isFull: boolean;
  readonly watchers: readonly Subscription[];
}

/** A watcher information document (RFC 3858); `version` counts the NOTIFY requests of the subscription to it. */
export function watcherInfoDocument(info: WatcherInfo, version: number): string {
  const state = info.isFull ? 'full' : 'partial';
  const list = `  <watcher-list resource="${escaped(info.resource)}" package="${escaped(info.package)}"`;
  const lines = info.watchers.map(watcherLine).join('');
  return (
    '<?xml version="1.0"?>\n' +
    `<watcherinfo xmlns="urn:ietf:params:xml:ns:watcherinfo" version="${version}" state="${state}">\n` +
    `${list}${lines === '' ? '/>\n' : `>\n${lines}  </watcher-list>\n`}</watcherinfo>\n`
  );
}

function watcherLine(watcher: Subscription): string {
  const { callId, status, watcherUri } = watcher;
  return `    <watcher id="${escaped(callId)}" event="subscribe" status="${statusName(status)}">${escaped(watcherUri)}</watcher>\n`;
}

/** For attributes and text. Controls have no place in XML and are left out. */
function escaped(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
