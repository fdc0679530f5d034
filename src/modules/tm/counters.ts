/** What tm has done since the start. */
export class TmCounters {
  /** Transactions made for received requests. */
  created = 0;
  /** Transactions made for own requests. */
  createdLocal = 0;
  /** In memory now. */
  inUse = 0;
  /** In memory now, of own requests. */
  inUseLocal = 0;
  retransmissionsIn = 0;
  responsesIn = 0;
  responsesRelayed = 0;
  responsesGenerated = 0;
  /** Transactions ended by a final response of class 2 to 6, at their class. */
  readonly finals: number[] = [0, 0, 0, 0, 0, 0, 0];

  /** `ends`: it is the first final one of its transaction. */
  countResponse(status: number, isRelayed: boolean, ends: boolean): void {
    if (isRelayed) this.responsesRelayed++;
    else this.responsesGenerated++;
    const at = Math.floor(status / 100);
    if (ends && at >= 2 && at <= 6) this.finals[at] = (this.finals[at] as number) + 1;
  }
}
