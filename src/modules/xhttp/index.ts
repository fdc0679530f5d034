import { arg, defineModule } from '../../module/define.ts';
import type { HttpRequests } from '../../module/httpRequests.ts';
import { xhttpParams } from './parameters.ts';
import { Xhttp } from './xhttp.ts';

export default defineModule({
  name: 'xhttp',
  summary: 'HTTP and HTTPS requests on SIP ports reach the script.',
  params: xhttpParams,
  create: (host, config) => new Xhttp(host, config),
  functions: ({ signature }) => ({
    xhttp_reply: {
      doc: 'Answers the HTTP request.',
      routes: ['event'],
      returns: { 1: 'answered', [-1]: 'there is nothing to answer, or the code is none' },
      signatures: [
        signature({
          kemi: 'xhttp_reply',
          args: [
            arg.string('code', 'Status code.'),
            arg.string('reason', 'Reason phrase.'),
            arg.string('ctype', 'Content-Type; empty for none.'),
            arg.string('body', 'Body.'),
          ],
          run: (self, context, code, reason, type, body) =>
            self.xhttpReply(context, code, reason, type, body),
        }),
      ],
    },
  }),
  pvs: {
    hu: {
      doc: 'URL of the HTTP request, as in its request line.',
      get: (self, context) => self.url(context),
    },
  },
  events: [{ name: 'xhttp:request', doc: 'An HTTP request has come.' }],
  api: (self): HttpRequests => self,
  start: (self) => self.start(),
});
