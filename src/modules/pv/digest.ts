import type { ScriptContext } from '../../module/context.ts';
import { authParamOf } from '../../sip/authValue.ts';
import { HeaderKind } from '../../sip/headerKind.ts';
import { matchesAt } from '../../sip/scan.ts';
import { type Pvs, readOnly } from './values.ts';

/** Variables of the digest credentials in Authorization, else in Proxy-Authorization (RFC 3261 §22.4). */

/** The value of the first Authorization or Proxy-Authorization; undefined when there is none. */
function credentials(context: ScriptContext): string | undefined {
  const { message } = context;
  return message.value(HeaderKind.authorization) ?? message.value(HeaderKind.proxyAuthorization);
}

/** A parameter; '' when the credentials lack it, null without Digest credentials. */
function param(context: ScriptContext, name: string): string | null {
  const value = credentials(context);
  if (value === undefined || !matchesAt(value, 0, 'digest')) return null;
  return authParamOf(value, name) ?? '';
}

/** User name without scheme and domain: `alice` of `sip:alice@dom.com`. */
function userPart(username: string | null): string | null {
  if (username === null) return null;
  const start = username.startsWith('sip:') ? 4 : 0;
  const at = username.indexOf('@', start);
  return username.slice(start, at < 0 ? username.length : at);
}

function domainPart(username: string | null): string | null {
  const at = username?.indexOf('@') ?? -1;
  return at < 0 ? (username === null ? null : '') : (username ?? '').slice(at + 1);
}

export const digestPvs: Pvs = {
  adu: readOnly('uri of the digest credentials', (_self, context) => param(context, 'uri') || null),
  aa: readOnly('algorithm of the digest credentials', (_self, context) => param(context, 'algorithm')),
  ar: readOnly('realm of the digest credentials', (_self, context) => param(context, 'realm')),
  aU: readOnly('whole user name of the digest credentials', (_self, context) => param(context, 'username')),
  au: readOnly('user part of the user name of the digest credentials', (_self, context) =>
    userPart(param(context, 'username')),
  ),
  ad: readOnly('domain part of the user name of the digest credentials', (_self, context) =>
    domainPart(param(context, 'username')),
  ),
  Au: readOnly(
    'accounting name with domain: of checked credentials (user@realm), else of From',
    (self, context) => {
      const checked = self.checkedCredentials(context);
      if (checked !== undefined)
        return `${userPart(checked.username)}@${domainPart(checked.username) || checked.realm}`;
      const from = self.from(context);
      return from === undefined ? null : `${from.user}@${from.host}`;
    },
  ),
  AU: readOnly('accounting name: user of checked credentials, else of From', (self, context) => {
    const checked = self.checkedCredentials(context);
    return checked === undefined ? (self.from(context)?.user ?? null) : userPart(checked.username);
  }),
};
