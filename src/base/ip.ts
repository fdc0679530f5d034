/** IP addresses as text, without regular expressions: called for every message that leaves. */

/** Four decimal numbers up to 255. */
export function isIpv4(text: string): boolean {
  let parts = 1;
  let number = 0;
  let digits = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x2e) {
      if (digits === 0 || ++parts > 4) return false;
      number = 0;
      digits = 0;
    } else {
      const digit = code - 0x30;
      if (!(digit >= 0 && digit <= 9) || ++digits > 3) return false;
      number = number * 10 + digit;
      if (number > 255) return false;
    }
  }
  return parts === 4 && digits > 0;
}

/** Without brackets and zone. */
export function isIpv6(text: string): boolean {
  if (text.indexOf(':') < 0) return false;
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const head = groupCount(halves[0] as string, halves.length === 1);
  const tail = halves.length === 2 ? groupCount(halves[1] as string, true) : 0;
  if (head < 0 || tail < 0) return false;
  return halves.length === 1 ? head === 8 : head + tail <= 7;
}

/** 16-bit groups in `a:b:c`, where a last one in IPv4 form counts two; -1 when malformed. */
function groupCount(text: string, mayEndInIpv4: boolean): number {
  if (text === '') return 0;
  const groups = text.split(':');
  let count = 0;
  for (let i = 0; i < groups.length; i++) {
    const group = groups[i] as string;
    if (mayEndInIpv4 && i === groups.length - 1 && isIpv4(group)) count += 2;
    else if (isHexGroup(group)) count++;
    else return -1;
  }
  return count;
}

function isHexGroup(text: string): boolean {
  if (text.length === 0 || text.length > 4) return false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i) | 0x20;
    if (!((code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x66))) return false;
  }
  return true;
}

/** The address behind a host part (`[::1]` loses its brackets); undefined when it is a name. */
export function addressOfHost(host: string): string | undefined {
  if (host.charCodeAt(0) === 0x5b) {
    const inner = host.slice(1, -1);
    return host.endsWith(']') && isIpv6(inner) ? inner : undefined;
  }
  return isIpv4(host) || isIpv6(host) ? host : undefined;
}

/** As it stands in a URI or a Via: IPv6 in brackets. */
export function hostOfAddress(address: string): string {
  return address.indexOf(':') < 0 ? address : `[${address}]`;
}

/**
 * Is this an address that anybody on the Internet can have? Not those of this host, of private networks, links and
 * groups, nor unassigned and documentation ranges (RFC 6890).
 */
export function isPublicAddress(address: string): boolean {
  if (isIpv4(address)) return isPublicIpv4(address);
  if (!isIpv6(address)) return false;
  const lower = address.toLowerCase();
  const tail = lower.slice(lower.lastIndexOf(':') + 1);
  if (isIpv4(tail)) return isPublicIpv4(tail);
  // global unicast is 2000::/3; 2001:db8::/32 is for documentation, 2002::/16 (6to4) hides an IPv4 address
  const first = Number.parseInt(lower.slice(0, lower.indexOf(':')) || '0', 16);
  return first >= 0x2000 && first <= 0x3fff && first !== 0x2002 && !/^2001:0?db8(:|$)/.test(lower);
}

function isPublicIpv4(address: string): boolean {
  const [a = 0, b = 0, c = 0] = address.split('.').map(Number);
  if (a === 0 || a === 10 || a === 127 || a >= 224) return false;
  if (a === 100) return b < 64 || b > 127;
  if (a === 169) return b !== 254;
  if (a === 172) return b < 16 || b > 31;
  if (a === 192) return b !== 168 && !(b === 0 && (c === 0 || c === 2));
  if (a === 198) return b !== 18 && b !== 19 && !(b === 51 && c === 100);
  return !(a === 203 && b === 0 && c === 113);
}

/** The 4 or 16 bytes of an address without brackets; undefined when it is none. */
export function addressBytes(text: string): number[] | undefined {
  if (isIpv4(text)) return text.split('.').map(Number);
  if (!isIpv6(text)) return undefined;
  const [head = '', tail] = text.split('::');
  const front = groupBytes(head);
  if (tail === undefined) return front;
  const back = groupBytes(tail);
  return [...front, ...new Array<number>(16 - front.length - back.length).fill(0), ...back];
}

function groupBytes(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (group.includes('.')) return group.split('.').map(Number);
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}
