/** The letters of `rtpproxy_offer` and its kin. */

export interface Flags {
  /** What goes behind the letter of the command, in the order of the flags. */
  readonly options: string;
  /** Add the branch of that Via to the Call-ID; 3 takes the first of requests and the second of responses. */
  readonly viaBranch: 0 | 1 | 2 | 3;
  /** Add the variable of extra_id_pv to the Call-ID. */
  readonly extraId: boolean;
  /** Only where the node has the session already. */
  readonly isLookup: boolean;
  /** Bridge between IPv4 inside and IPv6 outside. */
  readonly bridges: boolean;
  /** Change the SDP even if it is marked. */
  readonly ignoresMark: boolean;
  /** Believe the addresses in the SDP. */
  readonly trustsSdp: boolean;
  /** A delete without the To tag ends the whole call. */
  readonly wholeCall: boolean;
  readonly repacketizes: boolean;
}

/** Letters that the node understands in another form. */
const passedOn: Readonly<Record<string, string>> = { a: 'A', i: 'I', e: 'E', w: 'S' };
/** Letters without effect: the addresses are always changed as these ask for. */
const silent = 'oc';

/** An error text for a letter that is none. */
export function parseFlags(text: string): Flags | string {
  const letters = new Set<string>();
  let options = '';
  for (let at = 0; at < text.length; at++) {
    const letter = text[at] as string;
    if (letter === 'z') {
      const digits = /^\d*/.exec(text.slice(at + 1))?.[0] ?? '';
      options += `Z${digits}`;
      at += digits.length;
    } else if (letter in passedOn) options += passedOn[letter];
    else if (!'123blxfrt'.includes(letter) && !silent.includes(letter)) return `unknown flag '${letter}'`;
    letters.add(letter);
  }
  const viaBranch = letters.has('1') ? 1 : letters.has('2') ? 2 : letters.has('3') ? 3 : 0;
  if (viaBranch !== 0 && letters.has('b')) return `flags '${viaBranch}' and 'b' exclude each other`;
  return {
    options,
    viaBranch,
    extraId: letters.has('b'),
    isLookup: letters.has('l'),
    bridges: letters.has('x'),
    ignoresMark: letters.has('f'),
    trustsSdp: letters.has('r') || letters.has('a'),
    wholeCall: letters.has('t'),
    repacketizes: letters.has('z'),
  };
}
