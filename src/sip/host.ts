import { hexDigit, isDigit, parseUint } from './scan.ts';

/** True for a dotted quad, each number 0 to 255. */
export function isIpv4(text: string): boolean {
  let start = 0;
  for (let part = 0; part < 4; part++) {
    const dot = part < 3 ? text.indexOf('.', start) : text.length;
    if (dot < 0 || dot - start > 3 || parseUint(text, start, dot, 255) < 0) return false;
    start = dot + 1;
  }
  return true;
}

/** The eight groups of an IPv6 address (without brackets, without a zone), or undefined. */
export function parseIpv6(text: string): number[] | undefined {
  const gap = text.indexOf('::');
  if (gap < 0) {
    const groups = parseGroups(text);
    return groups?.length === 8 ? groups : undefined;
  }
  const head = gap === 0 ? [] : parseGroups(text.slice(0, gap));
  const tail = gap + 2 === text.length ? [] : parseGroups(text.slice(gap + 2));
  if (head === undefined || tail === undefined || head.length + tail.length > 7) return undefined;
  return [...head, ...new Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

/** Groups between colons; the last may be an IPv4 address. */
function parseGroups(text: string): number[] | undefined {
  if (text.length > 45) return undefined;
  const parts = text.split(':');
  const groups: number[] = [];
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i] as string;
    if (i === parts.length - 1 && part.includes('.')) {
      if (!isIpv4(part)) return undefined;
      const [a, b, c, d] = part.split('.').map(Number) as [number, number, number, number];
      groups.push(a * 256 + b, c * 256 + d);
    } else {
      const group = parseGroup(part);
      if (group < 0) return undefined;
      groups.push(group);
    }
  }
  return groups;
}

function parseGroup(part: string): number {
  if (part.length === 0 || part.length > 4) return -1;
  let group = 0;
  for (let i = 0; i < part.length; i++) {
    const digit = hexDigit(part.charCodeAt(i));
    if (digit < 0) return -1;
    group = group * 16 + digit;
  }
  return group;
}

/** The shortest form of an IPv6 address (RFC 5952 §4), or undefined. */
export function canonicalIpv6(text: string): string | undefined {
  const groups = parseIpv6(text);
  if (groups === undefined) return undefined;
  const [start, length] = longestZeroRun(groups);
  const hex = groups.map((group) => group.toString(16));
  if (length < 2) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}

function longestZeroRun(groups: readonly number[]): [start: number, length: number] {
  let best: [number, number] = [0, 0];
  for (let i = 0; i < groups.length; ) {
    let end = i;
    while (end < groups.length && groups[end] === 0) end++;
    if (end - i > best[1]) best = [i, end - i];
    i = end + 1;
  }
  return best;
}

export type HostKind = 'name' | 'ipv4' | 'ipv6';

/** What the host of a URI or sent-by is; IPv6 in brackets. undefined when it is none of them (RFC 3261 §25.1). */
export function hostKind(host: string): HostKind | undefined {
  if (host.charCodeAt(0) === 0x5b)
    return host.endsWith(']') && parseIpv6(host.slice(1, -1)) !== undefined ? 'ipv6' : undefined;
  if (isIpv4(host)) return 'ipv4';
  return isHostName(host) ? 'name' : undefined;
}

/** Labels of letters, digits, `-` and (against the RFC, but in use) `_`; the last one not all digits. */
function isHostName(host: string): boolean {
  const labels = (host.endsWith('.') ? host.slice(0, -1) : host).split('.');
  const last = labels[labels.length - 1] as string;
  return (
    labels.every((label) => /^[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?$/.test(label)) && !/^\d+$/.test(last)
  );
}

/** The form in which equal hosts are equal texts: lower case, IPv6 in its shortest form. */
export function canonicalHost(host: string): string {
  if (host.charCodeAt(0) !== 0x5b) return host.toLowerCase();
  const address = canonicalIpv6(host.slice(1, -1));
  return address === undefined ? host.toLowerCase() : `[${address}]`;
}

/** An address as it stands in a URI or Via: IPv6 in brackets. */
export function hostOfAddress(address: string): string {
  return address.includes(':') && address.charCodeAt(0) !== 0x5b ? `[${address}]` : address;
}

/** The bare address or name of a URI host: without the brackets of IPv6. */
export function addressOfHost(host: string): string {
  return host.charCodeAt(0) === 0x5b ? host.slice(1, -1) : host;
}

/** True if a host is an IP address, with or without brackets: such a host is never looked up (RFC 3263 §4). */
export function isIpAddress(host: string): boolean {
  if (isDigit(host.charCodeAt(0)) && isIpv4(host)) return true;
  return host.includes(':') && parseIpv6(addressOfHost(host)) !== undefined;
}
