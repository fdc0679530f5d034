import type { Target } from './target.ts';

/** What a redirect tells besides the URI. */
export interface RedirectDetail {
  /** Branch flags as a parameter of the contact. */
  readonly branchFlags: boolean;
  /** The path as a Route header in the URI. */
  readonly path: boolean;
}

/** The Contact line, with CRLF, of a 3xx that offers `targets` (RFC 3261 §8.3); '' for none. */
export function redirectContact(targets: readonly Target[], detail: RedirectDetail): string {
  if (targets.length === 0) return '';
  return `Contact: ${targets.map((target) => contactOf(target, detail)).join(', ')}\r\n`;
}

function contactOf(target: Target, detail: RedirectDetail): string {
  const route = detail.path && target.path !== '' ? `?Route=${encodeURIComponent(target.path)}` : '';
  let value = `<${target.requestUri}${route}>`;
  if (target.q >= 0) value += `;q=${qText(target.q)}`;
  if (detail.branchFlags) value += `;flags=${target.branchFlags}`;
  return value;
}

/** 0 to 1000 as 0 to 1 with up to three decimals. */
export function qText(q: number): string {
  return q >= 1000 ? '1' : String(Math.max(0, q) / 1000);
}
