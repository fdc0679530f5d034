import type { Value } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { SelectStep } from '../../module/define.ts';
import { unquote } from '../../sip/authValue.ts';
import type { HeaderKind } from '../../sip/headerKind.ts';
import { valuesOf } from '../../sip/headerValues.ts';
import type { SipMessage } from '../../sip/message.ts';
import { type NameAddr, parseNameAddr } from '../../sip/nameAddr.ts';
import { splitUri, type UriParts } from '../../sip/uriParts.ts';
import { type Binder, type Getter, orNull, parameterName } from './selectTypes.ts';

/** Selects of URIs, and of headers with addresses. */

type UriOf = (context: ScriptContext) => UriParts | undefined;

/** `user=phone` makes a SIP URI count as a telephone number (RFC 3261 §19.1.6). */
function typeOf(uri: UriParts): string {
  const isPhone = uri.scheme.startsWith('sip') && uri.param('user')?.toLowerCase() === 'phone';
  return isPhone ? uri.scheme.replace('sip', 'tel') : uri.scheme;
}

const uriFields: Readonly<Record<string, (uri: UriParts) => Value>> = {
  host: (uri) => orNull(uri.host),
  hostport: (uri) => (uri.host === '' ? null : `${uri.host}:${uri.portText || '5060'}`),
  port: (uri) => orNull(uri.portText),
  user: (uri) => orNull(uri.user),
  rn_user: (uri) => orNull(uri.user),
  pwd: (uri) => orNull(uri.password),
  type: (uri) => typeOf(uri),
  params: (uri) => orNull(uri.params),
};

function uriSelect(uriOf: UriOf, rest: readonly SelectStep[]): Getter | undefined {
  const [step] = rest;
  if (step === undefined) return (context) => uriOf(context)?.text ?? null;
  const parameter = parameterName(rest);
  if (parameter !== undefined) return (context) => orNull(uriOf(context)?.param(parameter));
  const field = Object.hasOwn(uriFields, step.name) ? uriFields[step.name] : undefined;
  if (field === undefined || rest.length > 1) return undefined;
  return (context) => {
    const uri = uriOf(context);
    return uri === undefined ? null : field(uri);
  };
}

export const whole =
  (uriOf: UriOf): Binder =>
  (_self, _step, rest) =>
    uriSelect(uriOf, rest);

export const requestUri: UriOf = (context) =>
  context.message.isRequest ? splitUri(context.target.requestUri) : undefined;
export const destinationUri: UriOf = (context) => splitUri(context.target.nextHop);

type AddressOf = (message: SipMessage) => NameAddr | undefined;

const first =
  (kind: HeaderKind): AddressOf =>
  (message) => {
    const [value] = valuesOf(message, kind, 1);
    return value === undefined ? undefined : parseNameAddr(message.text, value.start, value.end);
  };

/** `noName` is what `.name` gives where there is none. */
export function addressSelect(lineOf: Getter, addressOf: AddressOf, noName: Value = ''): Binder {
  return (_self, _step, rest) => {
    const [step, ...more] = rest;
    if (step === undefined) return lineOf;
    const parameter = parameterName(rest);
    if (parameter !== undefined)
      return (context) => orNull(unquote(addressOf(context.message)?.params.get(parameter) ?? ''));
    switch (step.name) {
      case 'uri':
        return uriSelect((context) => splitUri(addressOf(context.message)?.uri ?? ''), more);
      case 'name':
        return (context) => addressOf(context.message)?.displayName || noName;
      case 'params':
        return (context) => orNull(addressOf(context.message)?.params.toString().slice(1));
      default:
        return addressParameters.has(step.name) && more.length === 0
          ? (context) => orNull(unquote(addressOf(context.message)?.params.get(parameterOf(step.name)) ?? ''))
          : undefined;
    }
  };
}

/** Parameters with a step of their own: `@from.tag`, `@contact.expires`. */
const addressParameters: ReadonlySet<string> = new Set([
  'tag',
  'expires',
  'q',
  'method',
  'received',
  'instance',
]);

function parameterOf(step: string): string {
  return step === 'instance' ? '+sip.instance' : step;
}

export function addressHeader(
  kind: HeaderKind,
  addressOf: AddressOf = first(kind),
  noName: Value = '',
): Binder {
  return addressSelect((context) => context.message.value(kind) ?? null, addressOf, noName);
}
