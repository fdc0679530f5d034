import { readFileSync, statSync } from 'node:fs';
import { isIPv4, isIPv6 } from 'node:net';

/** How often the file's time stamp is looked at. */
const recheckMs = 5000;

/** `/etc/hosts`: names that containers and administrators set beside DNS. */
export class HostsFile {
  readonly #path: string;
  #names = new Map<string, string[]>();
  #addresses = new Map<string, readonly string[]>();
  #checkedMs = Number.NEGATIVE_INFINITY;
  #modifiedMs = -1;

  constructor(path = '/etc/hosts') {
    this.#path = path;
  }

  /** Addresses of one family, in the order of the file. */
  lookup(name: string, family: 4 | 6): readonly string[] {
    this.#refresh();
    const addresses = this.#names.get(name.toLowerCase()) ?? [];
    return addresses.filter(family === 4 ? isIPv4 : isIPv6);
  }

  /** The names of an address: those of its first line, as the system's own lookup has it. */
  namesOf(address: string): readonly string[] {
    this.#refresh();
    return this.#addresses.get(address) ?? [];
  }

  /** A small local file, looked at every few seconds at most: read synchronously. */
  #refresh(): void {
    const nowMs = performance.now();
    if (nowMs - this.#checkedMs < recheckMs) return;
    this.#checkedMs = nowMs;
    try {
      const { mtimeMs } = statSync(this.#path);
      if (mtimeMs === this.#modifiedMs) return;
      const lines = parseHosts(readFileSync(this.#path, 'utf8'));
      this.#names = byName(lines);
      this.#addresses = new Map(lines.reverse());
      this.#modifiedMs = mtimeMs;
    } catch {
      this.#names = new Map();
      this.#addresses = new Map();
      this.#modifiedMs = -1;
    }
  }
}

/** Address and names of each line. */
function parseHosts(text: string): [address: string, names: string[]][] {
  const lines: [string, string[]][] = [];
  for (const line of text.split('\n')) {
    const [address, ...names] = (line.split('#', 1)[0] ?? '').trim().split(/\s+/);
    if (address) lines.push([address, names]);
  }
  return lines;
}

function byName(lines: readonly [address: string, names: string[]][]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [address, names] of lines) {
    for (const alias of names) {
      const name = alias.toLowerCase();
      found.set(name, [...(found.get(name) ?? []), address]);
    }
  }
  return found;
}
