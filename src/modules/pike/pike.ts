import { addressBytes, addressOfHost } from '../../base/ip.ts';
import type { Timer } from '../../base/timerQueue.ts';
import type { Config } from '../../module/define.ts';
import type { Host } from '../../module/host.ts';
import { RpcFault, RpcRecords, type RpcReply, RpcStruct } from '../../module/rpc.ts';
import { AddressTree, type TreeNode, Verdict } from './addressTree.ts';
import type { params } from './params.ts';

const statuses: ReadonlySet<string> = new Set(['ALL', 'HOT', 'WARM']);

/** Finds out which addresses send too much. */
export class Pike {
  readonly tree: AddressTree;
  readonly #host: Host;
  readonly #config: Config<typeof params>;
  #timer: Timer | undefined;

  constructor(host: Host, config: Config<typeof params>) {
    this.#host = host;
    this.#config = config;
    this.tree = new AddressTree(config.reqs_density_per_unit);
  }

  start(): void {
    const periodMs = this.#config.sampling_time_unit * 1000;
    this.#timer = this.#host.timers.every(periodMs, () => this.nextPeriod());
  }

  stop(): void {
    if (this.#timer !== undefined) this.#host.timers.cancel(this.#timer);
  }

  nextPeriod(): void {
    for (const address of this.tree.nextPeriod()) this.#report(`PIKE - UNBLOCKing ip ${address}`);
    this.tree.forget(this.#host.timers.nowMs - this.#config.remove_latency * 1000);
  }

  /** Counts a request of an address. */
  check(address: string): number {
    const verdict = this.tree.hit(address, () => addressBytes(address) ?? [], this.#host.timers.nowMs);
    if (verdict === Verdict.newlyBlocked) this.#report(`PIKE - BLOCKing ip ${address}`);
    return verdict;
  }

  /** Like `check`, for text of a script; an unknown address is an error, which is answered as 5.6 does. */
  checkText(text: string): number {
    const address = addressOfHost(text.trim());
    if (address !== undefined) return this.check(address);
    this.#host.log.error(`"${text}" is no IP address`);
    return -1;
  }

  #report(text: string): void {
    this.#host.log.write(this.#config.pike_log_level, text);
  }

  #record(leaf: TreeNode): RpcStruct {
    const idleSec = (this.#host.timers.nowMs - leaf.lastHitMs) / 1000;
    return new RpcStruct({
      ip_addr: leaf.address,
      leaf_hits_prev: leaf.hits.previous,
      leaf_hits_curr: leaf.hits.current,
      expires: Math.max(0, Math.ceil(this.#config.remove_latency - idleSec)),
      status: leaf.hits.reach(this.tree.limit) ? 'HOT' : '',
    });
  }

  /** Whole addresses in the tree: those over the limit (HOT), or ALL. WARM is known, no address ever has it. */
  top(filter: string): RpcReply {
    if (!statuses.has(filter)) return new RpcFault(500, 'Bad argument. Select: ALL, HOT or WARM');
    const list = this.tree
      .leaves()
      .map((leaf) => ({ leaf, isHot: leaf.hits.reach(this.tree.limit) }))
      .filter(({ isHot }) => filter === 'ALL' || (filter === 'HOT' && isHot))
      .sort((a, b) => total(b.leaf) - total(a.leaf))
      .map(({ leaf }) => this.#record(leaf));
    return [
      new RpcStruct({
        max_hits: this.tree.limit,
        list: new RpcRecords(list),
        number_of_rows: list.length,
      }),
    ];
  }
}

function total({ hits }: TreeNode): number {
  return hits.current + hits.previous;
}
