import { coreHash } from '../../base/coreHash.ts';
import { addressBytes, addressOfHost } from '../../base/ip.ts';

/** A record as the database or the file has it. */
export interface AddressRecord {
  readonly group: number;
  /** IP address, with brackets or without, or the name of a domain. */
  readonly host: string;
  /** Length of the network mask; 0 for a whole address. */
  readonly mask: number;
  /** 0 for any. */
  readonly port: number;
  readonly tag: string | undefined;
}

interface Entry {
  readonly group: number;
  readonly port: number;
  readonly tag: string | undefined;
  /** As it is shown. */
  readonly text: string;
}

export interface HashedEntry extends Entry {
  /** Kamailio's slot for it: the order of dumps. */
  readonly slot: number;
}

export interface Subnet extends Entry {
  readonly bytes: readonly number[];
  readonly mask: number;
}

export type Match = Pick<Entry, 'group' | 'tag'>;

/** Slots of Kamailio's tables. */
const slots = 128;

/** Addresses, networks and domains as they were loaded; never changed afterwards. */
export class AddressTables {
  readonly #addresses = new Map<string, HashedEntry[]>();
  readonly #domains = new Map<string, HashedEntry[]>();
  readonly subnets: readonly Subnet[];

  constructor(records: readonly AddressRecord[]) {
    const subnets: Subnet[] = [];
    for (const record of records) {
      const bytes = bytesOf(record.host);
      const { group, port, tag, mask } = record;
      const text = addressOfHost(record.host) ?? record.host;
      if (bytes === undefined) add(this.#domains, record.host, { group, port, tag, text });
      else if (mask === 0 || mask === bytes.length * 8)
        add(this.#addresses, keyOf(bytes), { group, port, tag, text });
      else subnets.push({ group, port, tag, text, bytes, mask });
    }
    this.subnets = subnets.sort((a, b) => a.group - b.group);
  }

  get addresses(): HashedEntry[] {
    return inOrder(this.#addresses);
  }

  get domains(): HashedEntry[] {
    return inOrder(this.#domains);
  }

  /** The first that matches, in one group or (undefined) in any: whole addresses, then networks; or domains. */
  find(group: number | undefined, host: string, port: number): Match | undefined {
    const fits = (entry: Entry): boolean =>
      (group === undefined || entry.group === group) && (entry.port === 0 || entry.port === port);
    const bytes = bytesOf(host);
    if (bytes === undefined) return this.#domains.get(host)?.find(fits);
    return (
      this.#addresses.get(keyOf(bytes))?.find(fits) ??
      this.subnets.find((subnet) => fits(subnet) && contains(subnet, bytes))
    );
  }
}

function bytesOf(host: string): number[] | undefined {
  const address = addressOfHost(host);
  return address === undefined ? undefined : addressBytes(address);
}

/** What an error would be called; undefined for a record that can be used. */
export function recordProblem({ group, host, mask, port }: AddressRecord): string | undefined {
  const bits = (bytesOf(host)?.length ?? 16) * 8;
  if (host === '') return 'the address is empty';
  if (!Number.isInteger(group) || group < 1) return `${host}: a group is a number from 1 on, not ${group}`;
  if (!Number.isInteger(mask) || mask < 0 || mask > bits)
    return `${host}: the mask ${mask} is not 0 to ${bits}`;
  if (!Number.isInteger(port) || port < 0 || port > 65535) return `${host}: ${port} is no port`;
  return undefined;
}

function keyOf(bytes: readonly number[]): string {
  return String.fromCharCode(...bytes);
}

function add(map: Map<string, HashedEntry[]>, key: string, entry: Entry): void {
  const hashed = { ...entry, slot: coreHash(key) % slots };
  const known = map.get(key);
  if (known === undefined) map.set(key, [hashed]);
  else known.push(hashed);
}

function inOrder(map: ReadonlyMap<string, readonly HashedEntry[]>): HashedEntry[] {
  return [...map.values()].flat().sort((a, b) => a.slot - b.slot);
}

function contains({ bytes, mask }: Subnet, address: readonly number[]): boolean {
  if (bytes.length !== address.length) return false;
  const whole = mask >> 3;
  for (let i = 0; i < whole; i++) if (bytes[i] !== address[i]) return false;
  const rest = mask & 7;
  if (rest === 0) return true;
  const shift = 8 - rest;
  return (bytes[whole] as number) >> shift === (address[whole] as number) >> shift;
}

/** Lines `group address [mask [port [tag]]]`; a `#` begins a comment. A text tells what is malformed. */
export function parseAddressFile(text: string): AddressRecord[] | string {
  const records: AddressRecord[] = [];
  const lines = text.split(/\r?\n/);
  for (let i = 0; i < lines.length; i++) {
    const words = (lines[i] as string).replace(/#.*$/, '').trim().split(/\s+/);
    if (words.length === 1 && words[0] === '') continue;
    const [group = '', host = '', mask = '0', port = '0', tag] = words;
    const record = { group: Number(group), host, mask: Number(mask), port: Number(port), tag };
    const problem = words.length > 5 ? 'there are more than five fields' : recordProblem(record);
    if (problem !== undefined) return `line ${i + 1}: ${problem}`;
    records.push(record);
  }
  return records;
}
