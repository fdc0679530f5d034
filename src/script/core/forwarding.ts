import { type Soon, soon } from '../../base/soon.ts';
import type { ScriptContext } from '../../module/context.ts';
import { arg } from '../../module/define.ts';
import { forwardSettings } from '../../module/forwardSettings.ts';
import { type NextHop, nextHopOfText } from '../../proxy/nextHop.ts';
import type { CoreFunctions, CoreState, CoreTools } from './state.ts';

/** `forward`: RFC 3261 §16.11. */

/** To `hop`, or where the target leads; a promise when a name must be looked up. */
function forward(self: CoreState, context: ScriptContext, hop?: NextHop): Soon<number> {
  if (!context.message.isRequest) {
    self.host.log.error('only requests can be forwarded');
    return -1;
  }
  const sent = self.host.stateless.forwardRequest({
    request: context.message,
    target: context.target,
    settings: forwardSettings(self.host, context, context.flow),
    body: context.newBody,
    nextHop: hop,
  });
  return soon(sent, (done) => (done ? 1 : -1));
}

export function forwardingFunctions({ signature }: CoreTools): CoreFunctions {
  /** `forward_udp`, `forward_tcp`: as forward(host, port), over a transport of their own. */
  const over = (proto: 'udp' | 'tcp'): CoreFunctions[string] => ({
    doc: `Forwards the request without a transaction over ${proto.toUpperCase()}.`,
    returns: { 1: 'sent', [-1]: 'not sent' },
    signatures: [
      signature({
        waits: true,
        args: [
          arg.string('host', 'name or address'),
          arg.int('port', '1 to 65535; 5060 when it is not given', { optional: true }),
        ],
        run: (self, context, host, port) => {
          const hop = nextHopOfText(`${proto}:${host}:${port ?? 5060}`);
          return hop === undefined ? -1 : forward(self, context, hop);
        },
      }),
    ],
  });
  return {
    forward_udp: over('udp'),
    forward_tcp: over('tcp'),
    forward: {
      doc: 'Forwards the request without a transaction, to the destination URI, else to the Request-URI.',
      returns: { 1: 'sent', [-1]: 'not sent' },
      signatures: [
        signature({ kemi: 'forward', waits: true, run: (self, context) => forward(self, context) }),
        signature({
          waits: true,
          args: [arg.string('destination', '[proto:]host[:port]')],
          run: (self, context, text) => {
            const hop = nextHopOfText(text);
            return hop === undefined ? -1 : forward(self, context, hop);
          },
        }),
        signature({
          waits: true,
          args: [arg.string('host', 'name or address'), arg.int('port', '1 to 65535')],
          run: (self, context, host, port) => {
            const hop = nextHopOfText(`${host}:${port}`);
            return hop === undefined ? -1 : forward(self, context, hop);
          },
        }),
      ],
    },
  };
}
