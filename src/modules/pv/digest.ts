import type { ScriptContext } from '../../module/context.ts';
import { authParamOf } from '../../sip/authValue.ts';
import { HeaderKind } from '../../sip/headerKind.ts';
import { type Pvs, readOnly } from './values.ts';

/** Variables of the digest credentials in Authorization, else in Proxy-Authorization (RFC 3261 §22.4). */

/** The value of the first Authorization or Proxy-Authorization; undefined when there is none. */
function credentials(context: ScriptContext): string | undefined {
  const { message } = context;
  return message.value(HeaderKind.authorization) ?? message.value(HeaderKind.proxyAuthorization);
}

/** A parameter; '' when the credentials lack it, null without credentials. */
function param(context: ScriptContext, name: string): string | null {
  const value = credentials(context);
  return value === undefined ? null : (authParamOf(value, name) ?? '');
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
  adu: readOnly('uri of the digest credentials', (_self, context) => param(context, 'uri')),
  aa: readOnly('algorithm of the digest credentials', (_self, context) => param(context, 'algorithm')),
  ar: readOnly('realm of the digest credentials', (_self, context) => param(context, 'realm')),
  aU: readOnly('whole user name of the digest credentials', (_self, context) => param(context, 'username')),
  au: readOnly('user part of the user name of the digest credentials', (_self, context) =>
    userPart(param(context, 'username')),
  ),
  ad: readOnly('domain part of the user name of the digest credentials', (_self, context) =>
    domainPart(param(context, 'username')),
  ),
  // Only credentials that some module has verified would count here; a bare header is a mere claim.
  Au: readOnly('accounting name with domain: From user@domain', (self, context) => {
    const from = self.from(context);
    return from === undefined ? null : `${from.user}@${from.host}`;
  }),
  AU: readOnly('accounting name: From user', (self, context) => self.from(context)?.user ?? null),
};
