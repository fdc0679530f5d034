/** What the timers of a transaction call; shared functions, so that scheduling one makes no closure. */
interface TimedTransaction {
  onRetransmissionTimer(): void;
  onTimeoutTimer(): void;
  onEndTimer(): void;
}

export function fireRetransmission(transaction: TimedTransaction): void {
  transaction.onRetransmissionTimer();
}

export function fireTimeout(transaction: TimedTransaction): void {
  transaction.onTimeoutTimer();
}

export function fireEnd(transaction: TimedTransaction): void {
  transaction.onEndTimer();
}
