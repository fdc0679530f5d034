/** The flag string of `rtpengine_offer` and its kin: words and `key=value`, taken apart once and kept. */
import { profileBits, profiles, transportBits } from './mediaProfile.ts';

/** Which Via the `via-branch` of a command comes from. */
export type ViaBranch = 'none' | '1' | '2' | 'auto' | 'extra' | 'next' | 'auto-next' | 'auto-extra';

const viaBranches: ReadonlySet<string> = new Set<ViaBranch>([
  'none',
  '1',
  '2',
  'auto',
  'extra',
  'next',
  'auto-next',
  'auto-extra',
]);

export function isViaBranch(text: string): text is ViaBranch {
  return viaBranches.has(text);
}

/** What `auto` and its kin mean for a message. */
export function resolveAuto(which: ViaBranch, isRequest: boolean): ViaBranch {
  switch (which) {
    case 'auto':
      return isRequest ? '1' : '2';
    case 'auto-next':
      return isRequest ? 'next' : '1';
    case 'auto-extra':
      return isRequest ? 'extra' : '1';
    default:
      return which;
  }
}

export interface Flags {
  /** Why the string cannot be used; the function then fails. */
  readonly error: string | undefined;
  /** Words that go out as they are. */
  readonly words: readonly string[];
  /** `key=value` pairs that go out as they are. */
  readonly pairs: ReadonlyMap<string, string>;
  readonly numbers: ReadonlyMap<string, number>;
  /** `replace`, `rtcp-mux`, `SDES`, `T.38`, `direction`, `from-tags`. */
  readonly lists: ReadonlyMap<string, readonly string[]>;
  /** `transcode`, `strip`, `mask` ... inside `codec`. */
  readonly codecs: ReadonlyMap<string, readonly string[]>;
  readonly transportProtocol: string | undefined;
  readonly viaBranch: ViaBranch;
  readonly callId: string | undefined;
  readonly fromTag: string | undefined;
  /** '' takes the one of the message. */
  readonly toTag: string | undefined;
  /** Source address to tell instead of the message's. */
  readonly receivedFrom: string | undefined;
  readonly directional: boolean;
  readonly forceAnswer: boolean;
}

/** `NAME-value` and `NAME=value` collect values of a list. */
const listNames: ReadonlyMap<string, string> = new Map([
  ['replace', 'replace'],
  ['rtcp-mux', 'rtcp-mux'],
  ['SDES', 'SDES'],
  ['T.38', 'T.38'],
  ['T38', 'T.38'],
]);

const codecNames: ReadonlyMap<string, string> = new Map([
  ['transcode', 'transcode'],
  ...['transcode', 'strip', 'offer', 'mask', 'except', 'set', 'accept', 'consume'].map(
    (name) => [`codec-${name}`, name] as const,
  ),
]);

interface Draft {
  error: string | undefined;
  readonly words: string[];
  readonly pairs: Map<string, string>;
  readonly numbers: Map<string, number>;
  readonly lists: Map<string, string[]>;
  readonly codecs: Map<string, string[]>;
  /** Undefined until a flag speaks of the transport protocol. */
  transport: number | undefined;
  viaBranch: ViaBranch;
  callId: string | undefined;
  fromTag: string | undefined;
  toTag: string | undefined;
  receivedFrom: string | undefined;
  directional: boolean;
  forceAnswer: boolean;
}

export function parseFlags(text: string): Flags {
  const draft: Draft = {
    error: undefined,
    words: [],
    pairs: new Map(),
    numbers: new Map(),
    lists: new Map(),
    codecs: new Map(),
    transport: undefined,
    viaBranch: 'none',
    callId: undefined,
    fromTag: undefined,
    toTag: undefined,
    receivedFrom: undefined,
    directional: false,
    forceAnswer: false,
  };
  for (const item of text.split(/\s+/)) if (item !== '') take(draft, item);
  const transportProtocol = draft.transport === undefined ? undefined : profiles.get(draft.transport);
  return { ...draft, transportProtocol };
}

function take(draft: Draft, item: string): void {
  const equals = item.indexOf('=');
  if (takeListItem(draft, item)) return;
  if (equals < 0) takeWord(draft, item);
  else if (equals > 0) takePair(draft, item.slice(0, equals), item.slice(equals + 1));
}

/** `codec-mask=all`, `replace-origin`, `T.38=force` ...: a name, one of `-` and `=`, and something behind it. */
function takeListItem(draft: Draft, item: string): boolean {
  for (let at = 1; at < item.length - 1; at++) {
    if (item[at] !== '-' && item[at] !== '=') continue;
    const name = item.slice(0, at);
    const list = listNames.get(name);
    const codec = codecNames.get(name);
    if (list !== undefined) append(draft.lists, list, item.slice(at + 1));
    else if (codec !== undefined) append(draft.codecs, codec, item.slice(at + 1));
    if (list !== undefined || codec !== undefined) return true;
    if (item[at] === '=') return false;
  }
  return false;
}

function append(lists: Map<string, string[]>, name: string, value: string): void {
  const list = lists.get(name);
  if (list === undefined) lists.set(name, [value]);
  else list.push(value);
}

function takeWord(draft: Draft, word: string): void {
  const transport = transportBits.get(word);
  const profile = profileBits.get(word);
  if (transport !== undefined) draft.transport = (draft.transport ?? 0) | transport;
  else if (profile !== undefined) draft.transport = profile;
  else if (word === 'internal' || word === 'external') append(draft.lists, 'direction', word);
  else if (word === 'directional') draft.directional = true;
  else if (word === 'force-answer') draft.forceAnswer = true;
  else if (word === 'to-tag') draft.toTag ??= '';
  else if (word === 'via-branch' || word === 'repacketize') draft.error = `${word} needs a value`;
  else draft.words.push(word);
}

function takePair(draft: Draft, key: string, value: string): void {
  switch (key) {
    case 'call-id':
      draft.callId = value;
      return;
    case 'from-tag':
      draft.fromTag = value;
      return;
    case 'to-tag':
      draft.toTag = value;
      return;
    case 'received-from':
      draft.receivedFrom = value;
      return;
    case 'direction':
    case 'from-tags':
      append(draft.lists, key, value);
      return;
    case 'via-branch':
      if (isViaBranch(value)) draft.viaBranch = value;
      else draft.error = `via-branch cannot be '${value}'`;
      return;
    default:
      takeNumber(draft, key, value);
  }
}

function takeNumber(draft: Draft, key: string, value: string): void {
  const number = Number.parseInt(value, 10) || 0;
  if (key === 'TOS') draft.numbers.set(key, number);
  else if (key === 'repacketize') {
    if (number <= 0) draft.error = 'repacketize needs a number of milliseconds';
    else draft.numbers.set(key, number);
  } else {
    if (key === 'delete-delay') draft.numbers.set('delete delay', number);
    draft.pairs.set(key, value);
  }
}

const maxKept = 1000;

/** Flag strings are few and come again with every call. */
export class FlagCache {
  readonly #known = new Map<string, Flags>();

  get(text: string): Flags {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    if (this.#known.size >= maxKept) this.#known.clear();
    const flags = parseFlags(text);
    this.#known.set(text, flags);
    return flags;
  }
}
