import type { StatisticDeclaration } from '../../module/define.ts';
import type { SubProtocol } from './handshake.ts';

/** What is counted for all connections, and for each sub-protocol. */
export class ProtocolCounters {
  current_connections = 0;
  max_concurrent_connections = 0;
  /** Ended without a closing handshake: by the network, or because the peer broke the protocol. */
  failed_connections = 0;
  local_closed_connections = 0;
  remote_closed_connections = 0;
  received_frames = 0;
  transmitted_frames = 0;
  successful_handshakes = 0;
}

export type ProtocolCounter = keyof ProtocolCounters;

export class WebSocketCounters {
  readonly all = new ProtocolCounters();
  readonly sip = new ProtocolCounters();
  readonly msrp = new ProtocolCounters();
  failed_handshakes = 0;

  count(protocol: SubProtocol, counter: ProtocolCounter): void {
    this.all[counter]++;
    this[protocol][counter]++;
  }

  opened(protocol: SubProtocol): void {
    this.count(protocol, 'successful_handshakes');
    this.count(protocol, 'current_connections');
    for (const each of [this.all, this[protocol]])
      each.max_concurrent_connections = Math.max(each.max_concurrent_connections, each.current_connections);
  }

  closed(protocol: SubProtocol, how: ProtocolCounter): void {
    this.all.current_connections--;
    this[protocol].current_connections--;
    this.count(protocol, how);
  }
}

const docs: Readonly<Record<ProtocolCounter, string>> = {
  current_connections: 'Connections that are open',
  max_concurrent_connections: 'Most connections that were open at the same time',
  failed_connections: 'Connections that ended without a closing handshake',
  local_closed_connections: 'Connections that we have closed',
  remote_closed_connections: 'Connections that their clients have closed',
  received_frames: 'Frames received',
  transmitted_frames: 'Frames sent',
  successful_handshakes: 'Handshakes accepted',
};

type WithCounters = { readonly counters: WebSocketCounters };

/** Statistics under Kamailio's names: `ws_*`, `ws_sip_*`, `ws_msrp_*`. */
export const webSocketStatistics: Readonly<Record<string, StatisticDeclaration<WithCounters>>> = {
  ws_failed_handshakes: { doc: 'Handshakes refused.', read: (self) => self.counters.failed_handshakes },
  ...namedFor('ws_', 'all', ''),
  ...namedFor('ws_sip_', 'sip', ', sub-protocol sip'),
  ...namedFor('ws_msrp_', 'msrp', ', sub-protocol msrp'),
};

function namedFor(
  prefix: string,
  of: 'all' | SubProtocol,
  suffix: string,
): Record<string, StatisticDeclaration<WithCounters>> {
  const entries = Object.entries(docs).map(([counter, doc]) => {
    const read = ({ counters }: WithCounters) => counters[of][counter as ProtocolCounter];
    return [`${prefix}${counter}`, { doc: `${doc}${suffix}.`, read }] as const;
  });
  return Object.fromEntries(entries);
}
