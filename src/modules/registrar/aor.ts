import { unescapeText } from '../../sip/escape.ts';
import { splitUri, type UriParts } from '../../sip/uriParts.ts';
import { type Refusal, refusals } from './errors.ts';
import type { RegistrarConfig } from './params.ts';

/** Longest AoR that is kept. */
const maxAorLength = 256;

/** The key of an address of record in the location table (RFC 3261 §10.3 step 5), or why there is none. */
export function aorOf(uri: string, config: RegistrarConfig, useDomain: boolean): string | Refusal {
  const parts = splitUri(uri);
  if (parts === undefined) return refusals.aorSyntax;
  return aorOfParts(parts, parts.user, config, useDomain);
}

export function aorOfParts(
  parts: UriParts,
  userText: string,
  config: RegistrarConfig,
  useDomain: boolean,
): string | Refusal {
  const user = unescapeText(userText);
  if (user === undefined) return refusals.aorEscape;
  if (user === '') return refusals.noUser;
  let aor = user;
  if (useDomain) {
    const host = withoutPrefix(parts.host, config.realm_prefix);
    if (host === '') return refusals.aorSyntax;
    aor += `@${host}`;
  }
  if (aor.length > maxAorLength) return refusals.aorLength;
  return config.case_sensitive === 0 ? aor.toLowerCase() : aor;
}

function withoutPrefix(host: string, prefix: string): string {
  if (prefix === '' || host.length <= prefix.length) return host;
  return host.slice(0, prefix.length).toLowerCase() === prefix.toLowerCase()
    ? host.slice(prefix.length)
    : host;
}
