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
