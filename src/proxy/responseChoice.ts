/** What the choice looks at; see `ClientBranch`. */
export interface Outcome {
  /** Final status; 0 or a provisional one while the branch is pending. */
  readonly status: number;
  /** The status was made here (timeout, send error), not received. */
  readonly isLocal: boolean;
  /** The script wants it forgotten. */
  readonly isDiscarded: boolean;
}

/**
 * The branch whose response goes upstream when none succeeded (RFC 3261 §16.7 step 6): any 6xx, else the lowest
 * class; in class 4 those first that tell the client how to do better; 503 is the least of its class.
 * Within equals the lowest number, then the first branch. `localPenalty` is added to the rank of local ones.
 * undefined when all are discarded.
 */
export function bestOutcome<O extends Outcome>(outcomes: readonly O[], localPenalty: number): O | undefined {
  let best: O | undefined;
  let bestRank = Number.POSITIVE_INFINITY;
  for (let i = 0; i < outcomes.length; i++) {
    const outcome = outcomes[i] as O;
    if (outcome.isDiscarded) continue;
    const rank = rankOf(outcome.status) + (outcome.isLocal ? localPenalty : 0);
    if (rank >= bestRank) continue;
    best = outcome;
    bestRank = rank;
  }
  return best;
}

/** Lower is better; the scale is that of Kamailio's `faked_reply_prio`. */
export function rankOf(status: number): number {
  const inClass = status % 100;
  switch (Math.floor(status / 100)) {
    case 2:
      return inClass;
    case 6:
      return 1000 + inClass;
    case 3:
      return 10_000 + inClass;
    case 4:
      return (improvable.has(status) ? 20_000 : 20_100) + inClass;
    case 5:
      return status === 503 ? 21_999 : 21_000 + inClass;
    default:
      return 30_000;
  }
}

/** §16.7 step 6: responses that help the client to try again. */
const improvable: ReadonlySet<number> = new Set([401, 407, 415, 420, 484]);
