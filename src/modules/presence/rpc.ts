import { coreHash } from '../../base/coreHash.ts';
import type { RpcDeclaration } from '../../module/define.ts';
import { type RpcArgument, RpcFault, type RpcReply, RpcStruct } from '../../module/rpc.ts';
import type { PublishedDocument } from './documentStore.ts';
import type { Presence } from './presence.ts';

const uri = { name: 'uri', type: 'string' } as const;
const event = { name: 'event', type: 'string' } as const;

export const rpc: Readonly<Record<string, RpcDeclaration<Presence>>> = {
  'presence.cleanup': {
    doc: 'Does at once what the timers do: writes subscriptions back, ends and deletes what has expired.',
    run: async (self) => {
      await self.flush();
      await self.clean();
      return ['Reload OK'];
    },
  },
  'presence.refreshWatchers': {
    doc: 'Notifies the watchers after a change outside: 0 of rules, 1 of documents in the table, 2 of the pidf-manipulation document.',
    args: [
      uri,
      event,
      { name: 'type', type: 'int' },
      { name: 'file_uri', type: 'string', optional: true },
      { name: 'filename', type: 'string', optional: true },
    ],
    run: refreshWatchers,
  },
  'presence.updateWatchers': {
    doc: 'Decides anew on all watchers and notifies those whose state changes.',
    args: [uri, event],
    run: updateWatchers,
  },
  'presence.presentity_list': {
    doc: 'The documents in memory (publ_cache 2), with all fields for mode `full`.',
    args: [{ name: 'mode', type: 'string', optional: true }],
    returnsArray: true,
    run: (self, [mode]) => {
      const documents = [...(self.stores?.documents.inMemory ?? [])];
      return documents.map((document) => recordOf(document, mode === 'full'));
    },
  },
};

async function refreshWatchers(self: Presence, args: readonly RpcArgument[]): Promise<RpcReply> {
  const [presentity, name, type, fileUri, fileName] = args;
  if (presentity === '') return new RpcFault(500, 'Empty presentity URI');
  if (name === '') return new RpcFault(500, 'Empty event parameter');
  if (type === 2 && (fileUri === undefined || fileName === undefined))
    return new RpcFault(500, 'No file uri or name parameters');
  const file = { uri: String(fileUri), name: String(fileName) };
  const isDone = await self.refreshWatchers(String(presentity), String(name), Number(type), file);
  return isDone ? [] : new RpcFault(500, 'Execution failed');
}

async function updateWatchers(self: Presence, args: readonly RpcArgument[]): Promise<RpcReply> {
  const [presentity, name] = args;
  if (presentity === '') return new RpcFault(500, 'Empty presentity URI');
  if (name === '') return new RpcFault(500, 'Empty event parameter');
  const code = await self.update(String(presentity), String(name));
  return code > 0 ? [] : new RpcFault(500, 'Processing error');
}

function recordOf(document: PublishedDocument, isFull: boolean): RpcStruct {
  const record = new RpcStruct({
    user: document.user,
    domain: document.domain,
    event: document.event,
    etag: document.etag,
    sender: document.sender,
    expires: document.expiresSec,
  });
  if (!isFull) return record;
  return record
    .add('received_time', document.receivedSec)
    .add('priority', document.priority)
    .add('ruid', document.ruid)
    .add('body', document.body)
    .add('hashid', coreHash(document.user, document.domain));
}
