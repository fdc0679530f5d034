import type { IrStatement } from './ir.ts';

/**
 * Where a statement stands. At the end of a route (`tail`) its outcome is the route's return code, kept in `r`;
 * in a loop that end may come several times, so `r` is set each time.
 */
export interface Position {
  readonly tail: boolean;
  readonly inLoop: boolean;
  /** Where `break` leads: out of a loop or switch, which may be the end of the route, or out of the route. */
  readonly breaks: 'inside' | 'toTail' | 'route';
}

/** A list of statements that is being written, and how far. */
export interface Frame {
  readonly statements: readonly IrStatement[];
  readonly index: number;
  readonly at: Position;
}

/** The lists around a call that may wait, from the outermost to the one with the call in its statement. */
export type ResumePoint = readonly Frame[];

/** Each point writes the rest of its route once more: beyond this many the whole route is async instead. */
const MAX_POINTS = 16;

/**
 * A route that may wait is first written as a plain function: most of the time nothing waits, and then no promise
 * is made. Where a call answers a promise, it hands over to an async function that goes on from there. This keeps
 * account of those places, and notices where it cannot be done: in loops, in cases of a switch, and where
 * something else of the same statement has been evaluated before.
 */
export class WaitTracker {
  readonly points: ResumePoint[] = [];
  readonly #frames: { statements: readonly IrStatement[]; index: number; at: Position }[] = [];
  #possible = true;
  #calls = 0;
  #blocked = 0;

  /** False when the route must be async as a whole. */
  get possible(): boolean {
    return this.#possible;
  }

  enterList(statements: readonly IrStatement[]): void {
    this.#frames.push({ statements, index: 0, at: { tail: false, inLoop: false, breaks: 'route' } });
  }

  beginStatement(index: number, at: Position): void {
    const frame = this.#frames.at(-1)!;
    frame.index = index;
    frame.at = at;
    this.#calls = 0;
  }

  leaveList(): void {
    this.#frames.pop();
  }

  countCall(): void {
    this.#calls++;
  }

  /** What `write` writes cannot be gone on with from its middle. */
  block<T>(write: () => T): T {
    this.#blocked++;
    try {
      return write();
    } finally {
      this.#blocked--;
    }
  }

  /** Notes the call just counted as one that may wait; answers the number of its continuation. */
  addPoint(): number {
    const inLine = this.#frames.every(({ at }) => at.breaks === 'route');
    if (this.#calls !== 1 || this.#blocked > 0 || !inLine || this.points.length >= MAX_POINTS) {
      this.#possible = false;
      return 0;
    }
    return this.points.push(this.#frames.map((frame) => ({ ...frame })));
  }
}
