/** How a link behaves. Probabilities from 0 to 1; times in ms. */
export interface LinkFaults {
  readonly latencyMs: number;
  /** Up to this much more, evenly. */
  readonly jitterMs: number;
  /** Of each datagram. Streams lose nothing but wait for a retransmission. */
  readonly loss: number;
  readonly duplicate: number;
  /** A datagram that is held back, so that later ones overtake it. */
  readonly reorder: number;
  /** How long it is held back at most. */
  readonly reorderMs: number;
  /** Nothing gets through. */
  readonly partitioned: boolean;
  /** Streams come in pieces of random sizes. */
  readonly splitStreams: boolean;
}

export const goodLink: LinkFaults = {
  latencyMs: 1,
  jitterMs: 0,
  loss: 0,
  duplicate: 0,
  reorder: 0,
  reorderMs: 50,
  partitioned: false,
  splitStreams: false,
};

/** What has happened on the wire, in order: the trace of a run. */
export interface WireEvent {
  readonly atMs: number;
  readonly kind: 'sent' | 'delivered' | 'lost' | 'duplicated' | 'connected' | 'refused' | 'closed';
  readonly proto: 'udp' | 'tcp';
  /** `address:port`. */
  readonly from: string;
  readonly to: string;
  readonly bytes: Buffer;
}
