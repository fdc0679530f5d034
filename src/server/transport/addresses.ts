/** Addresses as text: family, brackets, one form for each IPv6 address. */

export function familyOf(address: string): 4 | 6 {
  return address.includes(':') ? 6 : 4;
}

export function isIpAddress(host: string): boolean {
  return host.includes(':') || isIpv4(host);
}

export function isIpv4(host: string): boolean {
  const parts = host.split('.');
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256);
}

/** IPv6 in brackets, all else as it is. */
export function bracketed(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}

export function unbracketed(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}

export function isWildcard(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

export function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

/** Lower case, no brackets, no final dot; IPv6 in the form of RFC 5952. Equal hosts give equal texts. */
export function canonicalHost(host: string): string {
  const plain = unbracketed(host).toLowerCase();
  if (plain.includes(':')) return canonicalIpv6(plain);
  return plain.endsWith('.') ? plain.slice(0, -1) : plain;
}

/** RFC 5952: no leading zeros, the longest run of zero groups as `::`. Malformed text comes back unchanged. */
export function canonicalIpv6(address: string): string {
  const groups = ipv6Groups(address);
  if (groups === undefined) return address;
  const [start, length] = longestZeroRun(groups);
  const hex = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':');
  if (length < 2) return hex(groups);
  return `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}

function ipv6Groups(address: string): number[] | undefined {
  const halves = ipv4Tail(address).split('::');
  if (halves.length > 2) return undefined;
  const parse = (half: string | undefined) =>
    half
      ? half.split(':').map((group) => (/^[0-9a-f]{1,4}$/.test(group) ? Number.parseInt(group, 16) : -1))
      : [];
  const left = parse(halves[0]);
  const right = parse(halves[1]);
  const missing = 8 - left.length - right.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...left, ...new Array<number>(missing).fill(0), ...right];
  return groups.includes(-1) ? undefined : groups;
}

/** `::ffff:1.2.3.4` with its last four bytes as two groups. */
function ipv4Tail(address: string): string {
  const at = address.lastIndexOf(':') + 1;
  const tail = address.slice(at);
  if (!isIpv4(tail)) return address;
  const [a = 0, b = 0, c = 0, d = 0] = tail.split('.').map(Number);
  return `${address.slice(0, at)}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

function longestZeroRun(groups: readonly number[]): [start: number, length: number] {
  let best: [number, number] = [0, 0];
  for (let start = 0; start < groups.length; start++) {
    let end = start;
    while (groups[end] === 0) end++;
    if (end - start > best[1]) best = [start, end - start];
  }
  return best;
}

/** Do the two lie in one network? IPv4 only; for IPv6 undefined netmasks are too common to trust. */
export function inIpv4Network(address: string, network: string, netmask: string): boolean {
  const mask = ipv4Number(netmask);
  return (ipv4Number(address) & mask) === (ipv4Number(network) & mask);
}

function ipv4Number(address: string): number {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
  return (a << 24) | (b << 16) | (c << 8) | d;
}
