/** Why relaying failed, and the answer that tells the client. The phrases are those that users grep for. */
export interface RelayFailure {
  readonly status: number;
  readonly reason: string;
}

export const unresolvable: RelayFailure = { status: 478, reason: 'Unresolvable destination (478/TM)' };
export const unsent: RelayFailure = {
  status: 477,
  reason: 'Unfortunately error on sending to next hop occurred (477/TM)',
};
export const tooManyBranches: RelayFailure = {
  status: 500,
  reason: "I'm terribly sorry, server error occurred (1/TM)",
};
export const internalError: RelayFailure = tooManyBranches;
