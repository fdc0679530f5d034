import type { Value } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { SelectStep } from '../../module/define.ts';
import { authParamOf } from '../../sip/authValue.ts';
import type { HeaderKind } from '../../sip/headerKind.ts';
import { viasOf } from '../../sip/headerValues.ts';
import type { SipMessage } from '../../sip/message.ts';
import { type NameAddr, parseNameAddr } from '../../sip/nameAddr.ts';
import type { Via } from '../../sip/via.ts';
import { addressSelect } from './selectAddresses.ts';
import { type Binder, type Getter, orNull, parameterName } from './selectTypes.ts';

/** Selects of Via values, of the message and its headers, and of digest credentials. */

const viaFields: Readonly<Record<string, (via: Via, context: ScriptContext) => Value>> = {
  host: (via) => via.host,
  port: (via) => (via.port === 0 ? null : String(via.port)),
  branch: (via) => orNull(via.branch),
  rport: (via) => orNull(via.params.get('rport')),
  received: (via) => orNull(via.params.get('received')),
  alias: (via) => orNull(via.params.get('alias')),
  i: (via) => orNull(via.params.get('i')),
  ttl: (via) => orNull(via.params.get('ttl')),
  transport: (via) => via.transport,
  name: (via) => via.protocol.slice(0, via.protocol.indexOf('/')),
  version: (via) => via.protocol.slice(via.protocol.indexOf('/') + 1),
  comment: (via, context) => viaComment(context.message.text.slice(via.start, via.end)),
};

function viaComment(text: string): Value {
  const open = text.indexOf('(');
  return open < 0 ? null : text.slice(open + 1, text.lastIndexOf(')'));
}

/** The first one is 1; -1 is the last. */
export const viaSelect: Binder = (_self, step, rest) => {
  const at = step.index === undefined ? 1 : step.index;
  if (typeof at !== 'number') return undefined;
  const viaOf = (context: ScriptContext): Via | undefined => {
    if (at === 0) return undefined;
    return (viasOf(context.message) ?? []).at(at > 0 ? at - 1 : at);
  };
  const [field] = rest;
  if (field === undefined) {
    return (context) => {
      const via = viaOf(context);
      return via === undefined ? null : context.message.text.slice(via.start, via.end).trimEnd();
    };
  }
  const parameter = parameterName(rest);
  if (parameter !== undefined) return (context) => orNull(viaOf(context)?.params.get(parameter));
  const read = Object.hasOwn(viaFields, field.name) ? viaFields[field.name] : undefined;
  if (read === undefined) return undefined;
  return (context) => {
    const via = viaOf(context);
    return via === undefined ? null : read(via, context);
  };
};

const messageFields: Readonly<Record<string, Getter>> = {
  type: ({ message }) => (message.isRequest ? '1' : '2'),
  len: ({ message }) => String(message.text.length),
  id: (context) => String(context.messageId),
  flags: (context) => String(context.flags >>> 0),
  body: ({ message }) => message.text.slice(message.bodyStart),
  content: ({ message }) => message.text.slice(message.bodyStart),
};

/** Header names in selects may write `_` for `-`. */
function headerValue(message: SipMessage, name: string, index: number): Value {
  const found: number[] = [];
  const wanted = name.replaceAll('_', '-');
  for (let i = message.findName(wanted); i >= 0; i = message.findName(wanted, i + 1)) found.push(i);
  const i = found.at(index > 0 ? index - 1 : index === 0 ? 0 : index);
  return i === undefined ? null : message.headerValue(i);
}

/** `@msg.x_a`, `@msg["X-A"]`, `@msg.header.x_a`, `@msg.to[1].nameaddr.uri.user`. */
export const messageSelect: Binder = (self, step, rest) => {
  if (step.index !== undefined) return headerSelect(String(step.index), undefined, rest);
  const [field, ...more] = rest;
  if (field === undefined) return ({ message }) => message.text;
  if (field.name === 'id' && more[0]?.name === 'hex')
    return (context) => context.messageId.toString(16).padStart(8, '0');
  const read = Object.hasOwn(messageFields, field.name) ? messageFields[field.name] : undefined;
  if (read !== undefined) return more.length === 0 ? read : undefined;
  if (field.name !== 'header') return headerSelect(field.name, field.index, more);
  const [header, ...behind] = more;
  if (header !== undefined) return headerSelect(header.name, header.index, behind);
  return field.index === undefined
    ? ({ message }) => message.text.slice(message.headersStart, message.headersEnd)
    : messageSelect(self, { name: 'msg', index: field.index }, more);
};

function headerSelect(
  name: string,
  index: number | string | undefined,
  rest: readonly SelectStep[],
): Getter | undefined {
  const at = typeof index === 'number' ? index : 0;
  const line: Getter = ({ message }) => headerValue(message, name, at);
  const [step, ...more] = rest;
  if (step === undefined) return line;
  const addressOf = (message: SipMessage): NameAddr | undefined => {
    const value = headerValue(message, name, at);
    return typeof value === 'string' ? parseNameAddr(value, 0, value.length) : undefined;
  };
  const written: Getter = ({ message }) => {
    const value = addressOf(message);
    return value === undefined
      ? null
      : `${value.displayName === '' ? '' : `${value.displayName} `}<${value.uri}>`;
  };
  const inAddress = addressSelect(written, addressOf);
  const steps = step.name === 'nameaddr' ? more : rest;
  return inAddress(undefined as never, step, steps);
}

export const digestSelect =
  (kind: HeaderKind): Binder =>
  (_self, step, rest) => {
    const credentialsOf = (message: SipMessage): string | undefined => {
      for (let i = message.find(kind); i >= 0; i = message.find(kind, i + 1)) {
        const value = message.headerValue(i);
        if (authParamOf(value, 'realm') === String(step.index)) return value;
      }
      return undefined;
    };
    const [field, part] = rest;
    if (field === undefined) return ({ message }) => credentialsOf(message) ?? null;
    const param: Getter = ({ message }) => orNull(authParamOf(credentialsOf(message) ?? '', field.name));
    if (part === undefined) return param;
    return field.name === 'username' ? (context) => userOrDomain(param(context), part.name) : undefined;
  };

function userOrDomain(username: Value, part: string): Value {
  const text = String(username ?? '');
  const at = text.indexOf('@');
  if (part === 'user') return orNull(at < 0 ? text : text.slice(0, at));
  return at < 0 ? null : orNull(text.slice(at + 1));
}
