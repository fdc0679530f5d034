/** Words of the core language in expressions. */

export type KeywordClass = 'uri' | 'address' | 'other';

interface Keyword {
  readonly keywordClass: KeywordClass;
  /** The pseudo-variable that means the same. */
  readonly pv: string;
}

/** What can be compared, by name (core cookbook, "Core Keywords"). */
export const coreKeywords: ReadonlyMap<string, Keyword> = new Map<string, Keyword>([
  ['method', { keywordClass: 'other', pv: '$rm' }],
  ['status', { keywordClass: 'other', pv: '$rs' }],
  ['retcode', { keywordClass: 'other', pv: '$rc' }],
  ['msg:len', { keywordClass: 'other', pv: '$ml' }],
  ['proto', { keywordClass: 'other', pv: '$(pr{s.tolower})' }],
  ['af', { keywordClass: 'other', pv: '$rcv(af)' }],
  ['src_port', { keywordClass: 'other', pv: '$sp' }],
  ['dst_port', { keywordClass: 'other', pv: '$Rp' }],
  ['snd_port', { keywordClass: 'other', pv: '$snd(port)' }],
  ['to_port', { keywordClass: 'other', pv: '$sndto(port)' }],
  ['snd_proto', { keywordClass: 'other', pv: '$(snd(proto){s.tolower})' }],
  ['snd_af', { keywordClass: 'other', pv: '$snd(af)' }],
  ['uri', { keywordClass: 'uri', pv: '$ru' }],
  ['from_uri', { keywordClass: 'uri', pv: '$fu' }],
  ['to_uri', { keywordClass: 'uri', pv: '$tu' }],
  ['src_ip', { keywordClass: 'address', pv: '$si' }],
  ['dst_ip', { keywordClass: 'address', pv: '$Ri' }],
  ['snd_ip', { keywordClass: 'address', pv: '$snd(ip)' }],
  ['to_ip', { keywordClass: 'address', pv: '$sndto(ip)' }],
]);

/** What a keyword can be compared with, by name (core cookbook, "Core Values"). */
export const coreValues: ReadonlyMap<string, string | number> = new Map<string, string | number>([
  ...['udp', 'tcp', 'tls', 'sctp', 'ws', 'wss'].flatMap((name): [string, string][] => [
    [name, name],
    [name.toUpperCase(), name],
  ]),
  ['INET', 4],
  ['inet', 4],
  ['IPv4', 4],
  ['ipv4', 4],
  ['INET6', 6],
  ['inet6', 6],
  ['IPv6', 6],
  ['ipv6', 6],
]);
