import { arg, defineModule } from '../../module/define.ts';
import { PathWriter, params } from './path.ts';

const user = arg.string('user', 'user part of the Path URI');
const parameters = arg.string('parameters', 'further parameters of the URI, without the first semicolon');

export default defineModule({
  name: 'path',
  summary: 'Path of intermediate proxies (RFC 3327).',
  params,
  create: (host, config) => new PathWriter(host, config),
  start: (self) => self.start(),
  functions: ({ signature }) => ({
    add_path: {
      doc: 'Adds a Path header with the address of the sending socket, or with a flow token (outbound).',
      routes: ['request'],
      signatures: [
        signature({ kemi: 'add_path', run: (self, context) => self.add(context, '', '', false) }),
        signature({
          kemi: 'add_path_user',
          args: [user],
          run: (self, context, name) => self.add(context, name, '', false),
        }),
        signature({
          kemi: 'add_path_user_params',
          args: [user, parameters],
          run: (self, context, name, extra) => self.add(context, name, extra, false),
        }),
      ],
    },
    add_path_received: {
      doc: 'Like add_path, with the source address of the request in the received parameter.',
      routes: ['request'],
      signatures: [
        signature({ kemi: 'add_path_received', run: (self, context) => self.add(context, '', '', true) }),
        signature({
          kemi: 'add_path_received_user',
          args: [user],
          run: (self, context, name) => self.add(context, name, '', true),
        }),
        signature({
          kemi: 'add_path_received_user_params',
          args: [user, parameters],
          run: (self, context, name, extra) => self.add(context, name, extra, true),
        }),
      ],
    },
  }),
});
