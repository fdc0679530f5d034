/** The script functions. */
import { arg, type FunctionDeclaration, type SignatureMaker } from '../../module/define.ts';
import { parseFlags } from './flags.ts';
import type { Rtpproxy } from './rtpproxy.ts';
import { destroy, exchange, manage, startRecording, stream } from './session.ts';

type Maker = SignatureMaker<Rtpproxy>;
type Functions = Readonly<Record<string, FunctionDeclaration<Rtpproxy>>>;

/** Constant flags are looked at when the config is loaded. */
function checkAtLoad(self: never, value: string | number | null): undefined {
  const problem = parseFlags(String(value ?? ''));
  if (typeof problem === 'string') (self as Rtpproxy).host.log.error(`flags '${value}': ${problem}`);
}

const flagsArgument = arg.string('flags', 'letters, see README', { optional: true, prepare: checkAtLoad });
const addressArgument = arg.string('address', 'address to put into the SDP instead of the one of the node', {
  optional: true,
});
const returns = { 1: 'done', [-1]: 'refused, no node can be used, or something is missing' };

export function sessionFunctions(signature: Maker): Functions {
  const make = (doc: string, kemi: string, run: typeof manage) => ({
    doc,
    returns: { ...returns, [-2]: 'the SDP is marked as changed' },
    signatures: [
      signature({
        kemi,
        args: [flagsArgument, addressArgument],
        waits: true,
        run: (self, context, flags, address) => run(self, context, { flags: flags ?? '', address }),
      }),
    ],
  });
  return {
    rtpproxy_offer: make(
      'Gives the media of the message ports of a node.',
      'rtpproxy_offer',
      (self, context, options) => exchange(self, context, 'offer', options),
    ),
    rtpproxy_answer: make(
      'Gives the media of an answer the ports of the offer.',
      'rtpproxy_answer',
      (self, context, options) => exchange(self, context, 'answer', options),
    ),
    rtpproxy_manage: make(
      'Offer, answer or end, as method, status and body of the message say.',
      'rtpproxy_manage',
      manage,
    ),
    rtpproxy_destroy: {
      doc: 'Ends the relaying of the call.',
      aliases: ['unforce_rtp_proxy'],
      returns,
      signatures: [
        signature({
          kemi: 'rtpproxy_destroy',
          args: [flagsArgument],
          waits: true,
          run: (self, context, flags) => destroy(self, context, flags ?? ''),
        }),
      ],
    },
    set_rtp_proxy_set: {
      doc: 'Chooses the set of nodes for the commands behind it.',
      signatures: [
        signature({
          kemi: 'set_rtp_proxy_set',
          args: [arg.int('set', 'number of the set')],
          run: (self, context, id) => self.useSet(context, id),
        }),
      ],
    },
  };
}

export function streamFunctions(signature: Maker): Functions {
  const play = (side: 'uac' | 'uas') => ({
    doc: `Plays a prompt to the ${side === 'uac' ? 'caller' : 'callee'}.`,
    returns,
    signatures: [
      signature({
        kemi: `rtpproxy_stream2${side}`,
        args: [arg.string('prompt', 'file on the node'), arg.int('count', 'how often; -1 for ever')],
        waits: true,
        run: (self, context, name, count) => stream(self, context, side, { name, count }),
      }),
    ],
  });
  const stop = (side: 'uac' | 'uas') => ({
    doc: `Ends what is played to the ${side === 'uac' ? 'caller' : 'callee'}.`,
    returns,
    signatures: [
      signature({
        kemi: `rtpproxy_stop_stream2${side}`,
        waits: true,
        run: (self, context) => stream(self, context, side),
      }),
    ],
  });
  return {
    rtpproxy_stream2uac: play('uac'),
    rtpproxy_stream2uas: play('uas'),
    rtpproxy_stop_stream2uac: stop('uac'),
    rtpproxy_stop_stream2uas: stop('uas'),
    start_recording: {
      doc: 'Lets the node record the call.',
      returns,
      signatures: [
        signature({
          kemi: 'start_recording',
          waits: true,
          run: (self, context) => startRecording(self, context),
        }),
      ],
    },
  };
}
