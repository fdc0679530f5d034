import { aorHash, type Binding } from '../usrloc/api.ts';

/** Characters that an instance may have to stand in a URI parameter as it is. */
const safeInstance = /^[\w.:+-]+$/;

/** `;pub-gruu=...;temp-gruu=...` of a binding (RFC 5627 §5.2); '' when its instance cannot stand in a URI. */
export function gruuParams(binding: Binding, user: string, host: string): string {
  const instance = withoutBrackets(binding.instance);
  if (!safeInstance.test(instance)) return '';
  const serial = `${binding.ruid}-${reverseHex(aorHash(binding.aor))}`;
  return `;pub-gruu="sip:${user}@${host};gr=${instance}";temp-gruu="sip:${serial}@${host};gr"`;
}

export function withoutBrackets(instance: string): string {
  return instance.startsWith('<') && instance.endsWith('>') ? instance.slice(1, -1) : instance;
}

/** The record id in the user part of a temporary GRUU; undefined when it is none. */
export function ruidOfTemporaryGruu(user: string): string | undefined {
  const dash = user.lastIndexOf('-');
  return dash > 0 && /^[0-9a-f]{1,8}$/.test(user.slice(dash + 1)) ? user.slice(0, dash) : undefined;
}

/** Hex with the lowest digit first, as Kamailio writes it in temporary GRUUs. */
export function reverseHex(number: number): string {
  return [...number.toString(16)].reverse().join('');
}
