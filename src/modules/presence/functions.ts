import { arg, type FunctionDeclaration, type SignatureMaker } from '../../module/define.ts';
import type { Presence } from './presence.ts';

type Functions = Readonly<Record<string, FunctionDeclaration<Presence>>>;

const presentity = arg.string('uri', 'URI of the presentity');
const event = arg.string('event', 'event package');

export function requestFunctions(signature: SignatureMaker<Presence>): Functions {
  return {
    handle_publish: {
      doc: 'Stores, refreshes or takes back published state (RFC 3903), answers, and notifies the watchers.',
      routes: ['request'],
      returns: { 1: 'accepted', [-1]: 'refused' },
      signatures: [
        signature({
          kemi: 'handle_publish',
          waits: true,
          run: (self, context) => self.handlePublish(context),
        }),
        signature({
          kemi: 'handle_publish_uri',
          args: [arg.string('sender_uri', 'URI of the watcher that is not to be told')],
          waits: true,
          run: (self, context, sender) => self.handlePublish(context, sender),
        }),
      ],
    },
    handle_subscribe: {
      doc: 'Makes, refreshes or ends a subscription (RFC 6665), answers, and sends the NOTIFY.',
      routes: ['request'],
      returns: { 1: 'accepted', [-1]: 'refused' },
      signatures: [
        signature({
          kemi: 'handle_subscribe',
          waits: true,
          run: (self, context) => self.handleSubscribe(context),
        }),
        signature({
          kemi: 'handle_subscribe_uri',
          args: [arg.string('watcher_uri', 'URI of the watcher instead of that in From')],
          waits: true,
          run: (self, context, watcher) => self.handleSubscribe(context, watcher),
        }),
      ],
    },
    pres_auth_status: {
      doc: 'May the watcher see the presence of the presentity?',
      routes: ['request'],
      returns: {
        1: 'active',
        2: 'pending',
        3: 'terminated',
        4: 'waiting',
        5: 'let in, but sees nothing',
        [-1]: 'error',
      },
      signatures: [
        signature({
          kemi: 'pres_auth_status',
          args: [arg.string('watcher_uri', 'URI of the watcher'), arg.string('presentity_uri', 'URI')],
          waits: true,
          run: (self, _context, watcher, uri) => self.authStatus(watcher, uri),
        }),
      ],
    },
  };
}

export function watcherFunctions(signature: SignatureMaker<Presence>): Functions {
  return {
    pres_has_subscribers: {
      doc: 'Does anybody watch this event of the presentity?',
      returns: { 1: 'yes', [-1]: 'no' },
      signatures: [
        signature({
          kemi: 'pres_has_subscribers',
          args: [presentity, event],
          waits: true,
          run: (self, _context, uri, name) => self.hasSubscribers(uri, name),
        }),
      ],
    },
    pres_refresh_watchers: {
      doc: 'Notifies the watchers after a change outside: 0 of rules, 1 of documents in the table, 2 of the pidf-manipulation document.',
      returns: { 1: 'done', [-1]: 'error' },
      signatures: [
        signature({
          kemi: 'pres_refresh_watchers',
          args: [presentity, event, arg.int('type', '0, 1 or 2')],
          waits: true,
          run: async (self, _context, uri, name, type) =>
            (await self.refreshWatchers(uri, name, type)) ? 1 : -1,
        }),
        signature({
          kemi: 'pres_refresh_watchers_file',
          args: [
            presentity,
            event,
            arg.int('type', '2'),
            arg.string('file_uri', 'URI of the document'),
            arg.string('filename', 'name of the document'),
          ],
          waits: true,
          run: async (self, _context, uri, name, type, fileUri, fileName) =>
            (await self.refreshWatchers(uri, name, type, { uri: fileUri, name: fileName })) ? 1 : -1,
        }),
      ],
    },
    pres_update_watchers: {
      doc: 'Decides anew on all watchers and notifies those whose state changes.',
      returns: { 1: 'done', [-1]: 'error' },
      signatures: [
        signature({
          kemi: 'pres_update_watchers',
          args: [presentity, event],
          waits: true,
          run: (self, _context, uri, name) => self.update(uri, name),
        }),
      ],
    },
  };
}
