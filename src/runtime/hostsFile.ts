import { readFileSync, statSync } from 'node:fs';
import { isIPv4, isIPv6 } from 'node:net';

/** How often the file's time stamp is looked at. */
const recheckMs = 5000;

/** `/etc/hosts`: names that containers and administrators set beside DNS. */
export class HostsFile {
  readonly #path: string;
  #names = new Map<string, string[]>();
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

  /** A small local file, looked at every few seconds at most: read synchronously. */
  #refresh(): void {
    const nowMs = performance.now();
    if (nowMs - this.#checkedMs < recheckMs) return;
    this.#checkedMs = nowMs;
    try {
      const { mtimeMs } = statSync(this.#path);
      if (mtimeMs === this.#modifiedMs) return;
      this.#names = parseHosts(readFileSync(this.#path, 'utf8'));
      this.#modifiedMs = mtimeMs;
    } catch {
      this.#names = new Map();
      this.#modifiedMs = -1;
    }
  }
}

function parseHosts(text: string): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [address, ...aliases] = (line.split('#', 1)[0] ?? '').trim().split(/\s+/);
    if (!address) continue;
    for (const alias of aliases) {
      const name = alias.toLowerCase();
      names.set(name, [...(names.get(name) ?? []), address]);
    }
  }
  return names;
}
