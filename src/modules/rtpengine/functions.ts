/** The script functions. */
import { arg, type FunctionDeclaration, type SignatureMaker } from '../../module/define.ts';
import type { Operation } from './command.ts';
import type { Rtpengine } from './rtpengine.ts';
import {
  exchange,
  manage,
  type Options,
  playMedia,
  queryAsJson,
  send,
  simple,
  subscribe,
} from './session.ts';

type Maker = SignatureMaker<Rtpengine>;
type Functions = Readonly<Record<string, FunctionDeclaration<Rtpengine>>>;

/** Constant flags are looked at when the config is loaded. */
function checkAtLoad(self: never, value: string | number | null): undefined {
  (self as Rtpengine).checkFlags(String(value ?? ''));
}

const flagsArgument = arg.string('flags', 'words and key=value pairs, separated by blanks', {
  optional: true,
  prepare: checkAtLoad,
});
const viaBranchArgument = arg.string(
  'via_branch',
  'as the flag via-branch, or none; rtpengine (mr12.4 or newer) takes the flags apart itself then',
  { optional: true },
);
const returns = { 1: 'done', [-1]: 'refused, no node can be used, or something is missing' };

function optionsOf(flags: string | undefined, viaBranch: string | undefined): Options {
  return { flags: flags ?? '', viaBranch: viaBranch === '' ? undefined : viaBranch };
}

type Action = (
  self: Rtpengine,
  context: Parameters<typeof manage>[1],
  options: Options,
) => number | Promise<number>;

/** `name([flags [, via_branch]])` */
function withViaBranch(signature: Maker, kemi: string, doc: string, action: Action) {
  return {
    doc,
    returns,
    signatures: [
      signature({
        kemi,
        args: [flagsArgument, viaBranchArgument],
        waits: true,
        run: (self, context, flags, viaBranch) => action(self, context, optionsOf(flags, viaBranch)),
      }),
    ],
  };
}

export function sessionFunctions(signature: Maker): Functions {
  const make = (name: string, doc: string, action: Action) => withViaBranch(signature, name, doc, action);
  return {
    rtpengine_offer: make(
      'rtpengine_offer',
      'Offers the SDP of the message to rtpengine and takes its own instead.',
      (self, context, options) => exchange(self, context, 'offer', options),
    ),
    rtpengine_answer: make(
      'rtpengine_answer',
      'Gives the SDP of the message as the answer to an earlier offer and takes the one of rtpengine instead.',
      (self, context, options) => exchange(self, context, 'answer', options),
    ),
    rtpengine_info: make(
      'rtpengine_info',
      'Gives ICE candidates that come in an INFO (RFC 8840) to rtpengine; the message stays as it is.',
      (self, context, options) => send(self, context, 'offer', options),
    ),
    rtpengine_delete: {
      ...make(
        'rtpengine_delete',
        'Ends the relaying of the call, or of one branch of it, and fills the variables of its quality.',
        (self, context, options) => simple(self, context, 'delete', options),
      ),
      aliases: ['rtpengine_destroy'],
    },
    rtpengine_query: make(
      'rtpengine_query',
      'Asks how the call is doing and fills the variables of its quality.',
      (self, context, options) => simple(self, context, 'query', options),
    ),
    rtpengine_connect: make(
      'rtpengine_connect',
      'Connects the media of two parties that rtpengine knows already, also of two calls (flag to-call-id).',
      (self, context, options) => simple(self, context, 'connect', options),
    ),
    rtpengine_manage: make(
      'rtpengine_manage',
      'Offer, answer or delete, as method, status and body of the message say.',
      manage,
    ),
  };
}

export function subscriptionFunctions(signature: Maker): Functions {
  return {
    rtpengine_subscribe_request: {
      doc: 'Asks for a copy of the media of a call: an SDP to offer to who shall get it (a recorder).',
      returns,
      signatures: [
        signature({
          kemi: 'rtpengine_subscribe_request',
          args: [
            arg.string('flags', 'which parties (from-tags=, all), siprec, and flags of an offer', {
              prepare: checkAtLoad,
            }),
            arg.variable('sdp', 'gets the SDP'),
            arg.variable('to_tag', 'gets the tag of the new party'),
            arg.string('streams', 'name of the xavp that gets tag and labels of each party'),
            viaBranchArgument,
          ],
          waits: true,
          run: (self, context, flags, sdp, toTag, streams, viaBranch) =>
            subscribe(self, context, optionsOf(flags, viaBranch), { sdp, toTag, streams }),
        }),
      ],
    },
    rtpengine_subscribe_answer: withViaBranch(
      signature,
      'rtpengine_subscribe_answer',
      'Gives the answer to the SDP of rtpengine_subscribe_request; the flags name call and tags.',
      (self, context, options) => send(self, context, 'subscribe answer', options),
    ),
    rtpengine_unsubscribe: withViaBranch(
      signature,
      'rtpengine_unsubscribe',
      'Ends a copy of the media; the flags name call and tags.',
      (self, context, options) => simple(self, context, 'unsubscribe', options),
    ),
  };
}

/** Functions that send one command without SDP. */
const commands: readonly (readonly [name: string, operation: Operation, doc: string])[] = [
  ['start_recording', 'start recording', 'Begins to record the call.'],
  ['stop_recording', 'stop recording', 'Ends the recording of the call.'],
  ['block_dtmf', 'block DTMF', 'Passes on no DTMF of the call, or of the party that the flags pick.'],
  ['unblock_dtmf', 'unblock DTMF', 'Passes DTMF on again.'],
  ['block_media', 'block media', 'Passes on no media of the call, or of the party that the flags pick.'],
  ['unblock_media', 'unblock media', 'Passes media on again.'],
  ['silence_media', 'silence media', 'Passes on silence instead of audio.'],
  ['unsilence_media', 'unsilence media', 'Passes audio on again.'],
  ['start_forwarding', 'start forwarding', 'Gives the audio to the recording daemon as it comes.'],
  ['stop_forwarding', 'stop forwarding', 'Ends start_forwarding.'],
  ['stop_media', 'stop media', 'Ends what play_media plays.'],
  ['play_dtmf', 'play DTMF', 'Plays a DTMF tone (flags code, duration, volume, pause) into the audio.'],
];

export function commandFunctions(signature: Maker): Functions {
  const functions: Record<string, FunctionDeclaration<Rtpengine>> = {};
  for (const [name, operation, doc] of commands) {
    functions[name] = {
      doc,
      returns,
      signatures: [
        signature({
          kemi: name,
          args: [flagsArgument],
          waits: true,
          run: (self, context, flags) => simple(self, context, operation, { flags: flags ?? '' }),
        }),
      ],
    };
  }
  return functions;
}

export function otherFunctions(signature: Maker): Functions {
  return {
    play_media: {
      doc: 'Plays a file (flag file=), or one of the database (db-id=), to a party.',
      returns,
      signatures: [
        signature({
          kemi: 'play_media',
          args: [flagsArgument],
          waits: true,
          run: (self, context, flags) => playMedia(self, context, flags ?? ''),
        }),
      ],
    },
    rtpengine_query_v: {
      doc: 'Asks how the call is doing and gives the whole reply as JSON.',
      returns,
      signatures: [
        signature({
          kemi: 'rtpengine_query_v',
          args: [arg.string('format', 'j compact, jp indented'), arg.variable('target', 'gets the text')],
          waits: true,
          run: (self, context, format, target) => queryAsJson(self, context, format, target),
        }),
      ],
    },
    set_rtpengine_set: {
      doc: 'Chooses the set of nodes for the commands behind it; two sets are asked one after the other.',
      returns: { 1: 'chosen', [-1]: 'there is no such set' },
      signatures: [
        signature({
          kemi: 'set_rtpengine_set',
          args: [
            arg.int('set', 'number of the set'),
            arg.int('second', 'a set that gets what the first makes of the SDP', { optional: true }),
          ],
          run: (self, context, first, second) =>
            self.useSets(context, second === undefined ? [first] : [first, second]),
        }),
      ],
    },
  };
}
