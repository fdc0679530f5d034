/** Why relaying failed, and the answer that tells the client. The phrases are those that users grep for. */
export interface RelayFailure {
  readonly status: number;
  readonly reason: string;
  /** What the relaying function returns. */
  readonly code: number;
}

export const unresolvable: RelayFailure = {
  status: 478,
  reason: 'Unresolvable destination (478/TM)',
  code: -478,
};
export const unsent: RelayFailure = {
  status: 477,
  reason: 'Unfortunately error on sending to next hop occurred (477/TM)',
  code: -477,
};
export const tooManyBranches: RelayFailure = {
  status: 500,
  reason: "I'm terribly sorry, server error occurred (1/TM)",
  code: -1,
};
/** No socket of the transport that the destination needs. */
export const noSocket: RelayFailure = {
  status: 500,
  reason: "I'm terribly sorry, server error occurred (7/TM)",
  code: -7,
};
export const internalError: RelayFailure = tooManyBranches;
