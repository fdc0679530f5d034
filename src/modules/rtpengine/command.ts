/** From a message and flags to the dictionary of a command. */
import type { ScriptContext } from '../../module/context.ts';
import type { SipMessage } from '../../sip/message.ts';
import type { Bencode } from './bencode.ts';
import type { Flags } from './flags.ts';

export type Operation =
  | 'offer'
  | 'answer'
  | 'delete'
  | 'query'
  | 'connect'
  | 'start recording'
  | 'stop recording'
  | 'block DTMF'
  | 'unblock DTMF'
  | 'block media'
  | 'unblock media'
  | 'silence media'
  | 'unsilence media'
  | 'start forwarding'
  | 'stop forwarding'
  | 'play media'
  | 'stop media'
  | 'play DTMF'
  | 'subscribe request'
  | 'subscribe answer'
  | 'unsubscribe';

/** They concern the whole call unless flags pick a party. */
const wholeCall: ReadonlySet<Operation> = new Set<Operation>([
  'block DTMF',
  'unblock DTMF',
  'block media',
  'unblock media',
  'silence media',
  'unsilence media',
  'start forwarding',
  'stop forwarding',
]);

/** Who and which call a command is about. */
export interface Identity {
  readonly callId: string;
  readonly fromTag: string | undefined;
  readonly toTag: string | undefined;
}

/**
 * The party that speaks is `from-tag`: in an answer to an offer (a response, or an ACK behind a late offer) that
 * is told the other way round, as both belong to the offer.
 */
export function identityOf(message: SipMessage, operation: Operation, flags: Flags): Identity {
  const isReversed = operation !== 'delete' && message.isRequest === (operation === 'answer');
  const from = isReversed ? message.toTag : message.fromTag;
  const to = isReversed ? message.fromTag : message.toTag;
  const callId = flags.callId ?? message.callId;
  if (wholeCall.has(operation)) {
    const fromTag = flags.fromTag ?? (flags.directional ? from : undefined);
    return { callId, fromTag, toTag: undefined };
  }
  return { callId, fromTag: flags.fromTag ?? from, toTag: toTagOf(operation, flags, to) };
}

function toTagOf(operation: Operation, flags: Flags, own: string): string | undefined {
  const given = flags.toTag !== undefined && flags.toTag !== '' ? flags.toTag : undefined;
  if (given === undefined && operation === 'subscribe request') return undefined;
  if (given === undefined && operation === 'delete' && flags.toTag === undefined) return undefined;
  const tag = given ?? own;
  return tag === '' ? undefined : tag;
}

export interface CommandParts {
  readonly operation: Operation;
  readonly flags: Flags;
  readonly identity: Identity;
  readonly viaBranch: string;
  /** Undefined for commands without SDP. */
  readonly sdp: string | undefined;
  /** The body is a piece of an SDP (RFC 8840). */
  readonly isFragment: boolean;
  /** Flags that rtpengine itself shall take apart; undefined when that has been done here. */
  readonly rawFlags: string | undefined;
}

export function makeCommand(context: ScriptContext, parts: CommandParts): Map<string, Bencode> {
  const { flags, identity } = parts;
  const command = new Map<string, Bencode>([
    ['supports', ['load limit']],
    ['command', parts.operation],
    ['call-id', identity.callId],
  ]);
  if (parts.sdp !== undefined) command.set('sdp', parts.sdp);
  if (parts.rawFlags !== undefined) command.set('rtpp-flags', parts.rawFlags);
  else addFlags(command, parts);
  if (parts.viaBranch !== '') command.set('via-branch', parts.viaBranch);
  command.set('received-from', addressOf(flags.receivedFrom ?? context.flow.address));
  if (identity.fromTag !== undefined) command.set('from-tag', identity.fromTag);
  if (identity.toTag !== undefined) command.set('to-tag', identity.toTag);
  return command;
}

function addFlags(command: Map<string, Bencode>, { flags, sdp, isFragment }: CommandParts): void {
  for (const [key, value] of flags.pairs) command.set(key, value);
  for (const [key, value] of flags.numbers) command.set(key, value);
  for (const [key, values] of flags.lists)
    if (key !== 'replace' || sdp !== undefined) command.set(key, values);
  if (flags.codecs.size > 0) command.set('codec', flags.codecs);
  if (flags.transportProtocol !== undefined) command.set('transport-protocol', flags.transportProtocol);
  const words = isFragment ? [...flags.words, 'fragment'] : flags.words;
  if (words.length > 0) command.set('flags', words);
}

function addressOf(address: string): Bencode {
  return [address.includes(':') ? 'IP6' : 'IP4', address];
}
