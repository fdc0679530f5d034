export interface Received {
  readonly text: string;
  readonly transport: 'udp' | 'tcp' | 'tls' | 'ws' | 'control';
  readonly fromPort: number;
}

/** What a peer has received, in the order of arrival, and waiting for more of it. */
export class Inbox {
  readonly inbox: Received[] = [];
  #waiting: (() => void)[] = [];

  /** Resolves true once the inbox holds `count` messages, false when `timeoutMs` have passed before that. */
  async holds(count: number, timeoutMs: number): Promise<boolean> {
    const deadline = Date.now() + timeoutMs;
    while (this.inbox.length < count) {
      const left = deadline - Date.now();
      if (left <= 0) return false;
      await this.#next(left);
    }
    return true;
  }

  protected keep(received: Received): void {
    this.inbox.push(received);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  #next(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
