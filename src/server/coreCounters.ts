import type { StatisticsRegistry } from './statistics.ts';

const methods = [
  'ack',
  'bye',
  'cancel',
  'info',
  'invite',
  'message',
  'notify',
  'options',
  'prack',
  'publish',
  'refer',
  'register',
  'subscribe',
  'update',
] as const;

/** Plain counters of the receive and send path; statistics group `core`. */
export class CoreCounters {
  receivedRequests = 0;
  receivedReplies = 0;
  forwardedRequests = 0;
  forwardedReplies = 0;
  droppedRequests = 0;
  droppedReplies = 0;
  errorRequests = 0;
  errorReplies = 0;
  badUris = 0;
  badMessages = 0;
  shedMessages = 0;
  unsupportedMethods = 0;
  failedDnsRequests = 0;
  scriptErrors = 0;
  readonly byMethod = new Map<string, number>();
  readonly byMethodReplies = new Map<string, number>();
  /** By first digit of the status code. */
  readonly repliesByClass = [0, 0, 0, 0, 0, 0, 0];
  replies18x = 0;

  countRequest(method: string): void {
    this.receivedRequests++;
    this.byMethod.set(method, (this.byMethod.get(method) ?? 0) + 1);
  }

  countReply(status: number, method: string): void {
    this.receivedReplies++;
    const digit = Math.trunc(status / 100);
    this.repliesByClass[digit] = (this.repliesByClass[digit] ?? 0) + 1;
    if (status >= 180 && status < 190) this.replies18x++;
    this.byMethodReplies.set(method, (this.byMethodReplies.get(method) ?? 0) + 1);
  }

  /** Under the names that users know from `stats.get_statistics`. */
  registerIn(statistics: StatisticsRegistry): void {
    const core = (name: string, read: () => number): void => statistics.register('core', name, read);
    core('bad_URIs_rcvd', () => this.badUris);
    core('bad_msg_hdr', () => this.badMessages);
    core('drop_replies', () => this.droppedReplies);
    core('drop_requests', () => this.droppedRequests);
    core('err_replies', () => this.errorReplies);
    core('err_requests', () => this.errorRequests);
    core('fwd_replies', () => this.forwardedReplies);
    core('fwd_requests', () => this.forwardedRequests);
    core('rcv_replies', () => this.receivedReplies);
    core('rcv_replies_18x', () => this.replies18x);
    for (let digit = 1; digit <= 6; digit++)
      core(`rcv_replies_${digit}xx`, () => this.repliesByClass[digit] ?? 0);
    core('rcv_requests', () => this.receivedRequests);
    for (const method of methods)
      core(`rcv_requests_${method}`, () => this.byMethod.get(method.toUpperCase()) ?? 0);
    core('unsupported_methods', () => this.unsupportedMethods);
    core('shed_messages', () => this.shedMessages);
    core('script_errors', () => this.scriptErrors);
    statistics.register('dns', 'failed_dns_request', () => this.failedDnsRequests);
  }
}
