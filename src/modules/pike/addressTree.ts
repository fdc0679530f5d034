/** Hits of a node in this sampling period and the one before. */
class Hits {
  current = 0;
  previous = 0;

  /** Did the rate reach `limit`, in one period or on average? */
  reach(limit: number): boolean {
    return (
      this.current >= limit ||
      this.previous >= limit ||
      Math.floor((this.current + this.previous) / 2) >= limit
    );
  }

  shift(periods: number): void {
    this.previous = periods === 1 ? this.current : 0;
    this.current = 0;
  }
}

/** One byte of addresses; the last byte of an address is a leaf. */
export interface TreeNode {
  readonly parent: TreeNode | undefined;
  readonly byte: number;
  /** The address, for a leaf; '' otherwise. */
  readonly address: string;
  readonly hits: Hits;
  readonly children: Map<number, TreeNode>;
  /** The period that `hits.current` belongs to. */
  period: number;
  /** A leaf over its limit, until a period passes below it. */
  isBlocked: boolean;
  lastHitMs: number;
}

/** Nodes at most: somebody who forges source addresses must not fill the memory. */
const defaultMaxNodes = 200_000;

export const Verdict = { fine: 1, blocked: -1, newlyBlocked: -2 } as const;

/**
 * Counts hits by address, byte by byte from the left. A node is only opened to its next byte when it is hit often
 * enough (a quarter of the limit), so that single hits from everywhere stay a small tree; the leaf of a whole address
 * is blocked when it reaches the limit.
 */
export class AddressTree {
  readonly limit: number;
  readonly maxNodes: number;
  readonly #roots = { 4: makeNode(undefined, 0, 0, ''), 16: makeNode(undefined, 0, 0, '') };
  readonly #leaves = new Map<string, TreeNode>();
  readonly #blocked = new Set<TreeNode>();
  /** Nodes that hits ended at, the one whose last hit is longest ago first. */
  readonly #byAge = new Set<TreeNode>();
  #nodes = 0;
  #period = 0;

  constructor(limit: number, maxNodes = defaultMaxNodes) {
    this.limit = limit;
    this.maxNodes = maxNodes;
  }

  get size(): number {
    return this.#nodes;
  }

  /** Leaves, the one whose last hit is longest ago first. */
  leaves(): TreeNode[] {
    const found = [...this.#byAge].filter((node) => node.address !== '');
    for (const leaf of found) this.#bringUp(leaf);
    return found;
  }

  /** Counts a hit. `bytesOf` is only asked while the whole address is not in the tree. */
  hit(address: string, bytesOf: () => readonly number[], nowMs: number): number {
    const leaf = this.#leaves.get(address);
    return leaf === undefined ? this.#hitOnTheWay(address, bytesOf(), nowMs) : this.#hitLeaf(leaf, nowMs);
  }

  #hitLeaf(leaf: TreeNode, nowMs: number): number {
    this.#count(leaf, nowMs);
    if (!leaf.hits.reach(this.limit)) return Verdict.fine;
    if (leaf.isBlocked) return Verdict.blocked;
    leaf.isBlocked = true;
    this.#blocked.add(leaf);
    return Verdict.newlyBlocked;
  }

  /** A hit whose address is not yet in the tree to its end. */
  #hitOnTheWay(address: string, bytes: readonly number[], nowMs: number): number {
    const root = bytes.length === 4 ? this.#roots[4] : this.#roots[16];
    let node = root;
    let depth = 0;
    for (; depth < bytes.length; depth++) {
      const next = node.children.get(bytes[depth] as number);
      if (next === undefined) break;
      node = next;
    }
    // known under another spelling
    if (depth === bytes.length) return this.#hitLeaf(node, nowMs);
    const byte = bytes[depth] as number;
    if (node === root) {
      const first = this.#open(node, byte, '', nowMs);
      if (first !== undefined) first.hits.current = 1;
      return Verdict.fine;
    }
    this.#count(node, nowMs);
    if (!node.hits.reach(Math.max(1, this.limit >> 2))) return Verdict.fine;
    const isEnd = depth === bytes.length - 1;
    const child = this.#open(node, byte, isEnd ? address : '', nowMs);
    // the bytes behind follow at once: the rate is known already
    if (child !== undefined && !isEnd) child.hits.current = node.hits.current;
    return Verdict.fine;
  }

  #open(parent: TreeNode, byte: number, address: string, nowMs: number): TreeNode | undefined {
    if (this.#nodes >= this.maxNodes) return undefined;
    const node = makeNode(parent, byte, this.#period, address);
    node.lastHitMs = nowMs;
    parent.children.set(byte, node);
    if (address !== '') this.#leaves.set(address, node);
    this.#byAge.add(node);
    this.#nodes++;
    return node;
  }

  #count(node: TreeNode, nowMs: number): void {
    this.#bringUp(node);
    node.hits.current++;
    node.lastHitMs = nowMs;
    this.#byAge.delete(node);
    this.#byAge.add(node);
  }

  #bringUp(node: TreeNode): void {
    if (node.period === this.#period) return;
    node.hits.shift(this.#period - node.period);
    node.period = this.#period;
  }

  /** Begins a sampling period. Gives back the addresses that are blocked no more. */
  nextPeriod(): readonly string[] {
    this.#period++;
    const freed: string[] = [];
    for (const leaf of this.#blocked) {
      this.#bringUp(leaf);
      if (leaf.hits.reach(this.limit)) continue;
      leaf.isBlocked = false;
      this.#blocked.delete(leaf);
      freed.push(leaf.address);
    }
    return freed;
  }

  /** Forgets what was hit before `sinceMs` for the last time, at most `most` nodes; the rest waits for the next call. */
  forget(sinceMs: number, most = 20_000): void {
    let left = most;
    for (const node of this.#byAge) {
      if (node.lastHitMs > sinceMs || left-- <= 0) return;
      this.#byAge.delete(node);
      if (node.children.size === 0) this.#remove(node, sinceMs);
    }
  }

  #remove(node: TreeNode, sinceMs: number): void {
    if (node.address !== '') this.#leaves.delete(node.address);
    this.#blocked.delete(node);
    const { parent } = node;
    if (parent === undefined) return;
    this.#nodes--;
    parent.children.delete(node.byte);
    if (parent.children.size === 0 && parent.lastHitMs <= sinceMs && !this.#byAge.has(parent))
      this.#remove(parent, sinceMs);
  }
}

function makeNode(parent: TreeNode | undefined, byte: number, period: number, address: string): TreeNode {
  return {
    parent,
    byte,
    address,
    hits: new Hits(),
    children: new Map(),
    period,
    isBlocked: false,
    lastHitMs: Number.NEGATIVE_INFINITY,
  };
}
