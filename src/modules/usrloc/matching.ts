import type { Binding, LocationRecord, Match, MatchKey } from './api.ts';
import type { UsrlocConfig } from './params.ts';

/** `matching_mode`. */
const MatchingMode = {
  contactOnly: 0,
  contactAndCallId: 1,
  contactAndPath: 2,
  callIdOnly: 3,
} as const;

interface MatchingRules {
  readonly mode: number;
  /** Time in which an equal CSeq is a retransmission; 0 turns that off. */
  readonly cseqDelaySec: number;
}

/** Finds the binding that a registration is about, by the rules of the config. */
export function matchInRecord(
  record: LocationRecord | undefined,
  key: MatchKey,
  config: UsrlocConfig,
  nowSec: number,
): Match {
  if (record === undefined) return isNew;
  const rules = { mode: config.matching_mode, cseqDelaySec: config.cseq_delay };
  return matchBinding(record.bindings, key, rules, nowSec);
}

const isNew: Match = { kind: 'new' };
const outOfOrder: Match = { kind: 'out-of-order' };

/** Judges the CSeq too (RFC 3261 §10.3 step 7). */
function matchBinding(
  bindings: readonly Binding[],
  key: MatchKey,
  rules: MatchingRules,
  nowSec: number,
): Match {
  const binding = find(bindings, key, rules.mode);
  if (binding === undefined) return isNew;
  if (binding.callId !== key.callId || key.cseq > binding.cseq) return { kind: 'update', binding };
  if (key.cseq === binding.cseq && nowSec < binding.lastModifiedSec + rules.cseqDelaySec)
    return { kind: 'retransmission', binding };
  return outOfOrder;
}

function find(bindings: readonly Binding[], key: MatchKey, mode: number): Binding | undefined {
  if (key.instance !== '') {
    const same = bindings.find((binding) => isSameInstance(binding, key));
    if (same !== undefined || key.regId > 0) return same;
  }
  for (let i = 0; i < bindings.length; i++) {
    const binding = bindings[i] as Binding;
    if (isMatch(binding, key, mode)) return binding;
  }
  return undefined;
}

/** RFC 5626 §6: instance and reg-id make the identity; without reg-id the instance alone does (RFC 5627). */
function isSameInstance(binding: Binding, key: MatchKey): boolean {
  return binding.instance === key.instance && (key.regId === 0 || binding.regId === key.regId);
}

function isMatch(binding: Binding, key: MatchKey, mode: number): boolean {
  if (mode === MatchingMode.callIdOnly) return binding.callId === key.callId;
  if (binding.contact !== key.contact) return false;
  if (mode === MatchingMode.contactAndCallId) return binding.callId === key.callId;
  return mode !== MatchingMode.contactAndPath || key.path === '' || binding.path === key.path;
}
