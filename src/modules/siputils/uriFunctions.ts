import type { VariableRef } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import { arg, type FunctionDeclaration, type SignatureMaker } from '../../module/define.ts';
import { headerKindOf } from '../../sip/headerKind.ts';
import { equalsIgnoreCase } from '../../sip/scan.ts';
import { SipUri } from '../../sip/uri.ts';
import { withHost, withUser } from '../../sip/uriRewrite.ts';
import type { SipUtils } from './siputils.ts';
import {
  addRequestUriParam,
  alphanumericResult,
  compareAddressesOfRecord,
  compareUris,
  gruuResult,
  isE164,
  isE164User,
  numericResult,
  removeRequestUriParam,
  requestUriParam,
  telNumberResult,
  telToSip,
} from './uris.ts';

type Functions = Readonly<Record<string, FunctionDeclaration<SipUtils>>>;

function truth(condition: boolean): number {
  return condition ? 1 : -1;
}

/** A function over one or two texts. */
function overTexts(
  signature: SignatureMaker<SipUtils>,
  doc: string,
  kemi: string | undefined,
  names: readonly [string] | readonly [string, string],
  run: (a: string, b: string) => number,
): FunctionDeclaration<SipUtils> {
  const named = kemi === undefined ? {} : { kemi };
  const first = arg.string(names[0], 'text');
  if (names[1] === undefined)
    return {
      doc,
      signatures: [signature({ ...named, args: [first], run: (_self, _context, a) => run(a, '') })],
    };
  const second = arg.string(names[1], 'text');
  return {
    doc,
    signatures: [signature({ ...named, args: [first, second], run: (_self, _context, a, b) => run(a, b) })],
  };
}

export function textFunctions(signature: SignatureMaker<SipUtils>): Functions {
  return {
    is_e164: overTexts(signature, 'Is it `+` and 2 to 15 digits?', undefined, ['number'], (a) =>
      truth(isE164(a)),
    ),
    is_uri_user_e164: overTexts(
      signature,
      'Is the user of this URI an E.164 number?',
      undefined,
      ['uri'],
      (a) => truth(isE164User(a)),
    ),
    is_uri: overTexts(signature, 'Is it a URI?', 'is_uri', ['uri'], (a) =>
      truth(SipUri.parse(a) !== undefined),
    ),
    is_tel_number: overTexts(
      signature,
      'Is it digits, perhaps behind a `+`?',
      'is_tel_number',
      ['tval'],
      telNumberResult,
    ),
    is_numeric: overTexts(signature, 'Is it digits only?', 'is_numeric', ['tval'], numericResult),
    is_alphanum: overTexts(signature, 'Is it ASCII letters and digits only?', 'is_alphanum', ['tval'], (a) =>
      alphanumericResult(a),
    ),
    is_alphanumex: overTexts(
      signature,
      'Is it ASCII letters, digits and the characters of the second text only?',
      'is_alphanumex',
      ['tval', 'eset'],
      alphanumericResult,
    ),
    cmp_uri: overTexts(
      signature,
      'Are they equal as URIs (RFC 3261 §19.1.4)?',
      'cmp_uri',
      ['str1', 'str2'],
      compareUris,
    ),
    cmp_aor: overTexts(
      signature,
      'Are they the same address-of-record?',
      'cmp_aor',
      ['str1', 'str2'],
      compareAddressesOfRecord,
    ),
    cmp_hdr_name: overTexts(
      signature,
      'Are they names of the same header, compact forms included?',
      'cmp_hdr_name',
      ['str1', 'str2'],
      (a, b) => {
        const kind = headerKindOf(a);
        return (kind !== 0 && kind === headerKindOf(b)) || equalsIgnoreCase(a, b) ? 1 : -2;
      },
    ),
  };
}

export function requestUriFunctions(signature: SignatureMaker<SipUtils>): Functions {
  const name = arg.string('param', 'parameter name');
  return {
    uri_param: {
      doc: 'Has the Request-URI this parameter, without a value or with the given one?',
      routes: ['request'],
      signatures: [
        signature({
          kemi: 'uri_param',
          args: [name],
          run: (_self, context, param) => truth(requestUriParam(context, param) === ''),
        }),
        signature({
          kemi: 'uri_param_value',
          args: [name, arg.string('value', 'its value')],
          run: (_self, context, param, value) => truth(requestUriParam(context, param) === value),
        }),
      ],
    },
    uri_param_any: {
      doc: 'Has the Request-URI this parameter?',
      routes: ['request'],
      signatures: [
        signature({
          kemi: 'uri_param_any',
          args: [name],
          run: (_self, context, param) => truth(requestUriParam(context, param) !== undefined),
        }),
      ],
    },
    add_uri_param: {
      doc: 'Adds a parameter to the Request-URI.',
      routes: ['request'],
      signatures: [
        signature({
          kemi: 'add_uri_param',
          args: [arg.string('param', '`name=value`')],
          run: (_self, context, param) => addRequestUriParam(context, param),
        }),
      ],
    },
    get_uri_param: {
      doc: 'Writes the value of a parameter of the Request-URI to a variable.',
      routes: ['request'],
      signatures: [
        signature({
          args: [name, arg.variable('var', 'variable for the value')],
          run: (_self, context, param, variable) => {
            const value = requestUriParam(context, param);
            if (value === undefined) return -1;
            variable.set(context, value);
            return 1;
          },
        }),
      ],
    },
    uri_param_rm: {
      doc: 'Removes a parameter from the Request-URI; true also when it was not there.',
      routes: ['request'],
      signatures: [
        signature({
          kemi: 'uri_param_rm',
          args: [name],
          run: (_self, context, param) => removeRequestUriParam(context, param),
        }),
      ],
    },
    is_gruu: {
      doc: 'Is the Request-URI, or the given URI, a GRUU (RFC 5627)?',
      returns: { 1: 'public', 2: 'temporary', [-1]: 'none' },
      signatures: [
        signature({ kemi: 'is_gruu', run: (_self, context) => gruuResult(context.target.requestUri) }),
        signature({ args: [arg.string('uri', 'a URI')], run: (_self, _context, uri) => gruuResult(uri) }),
      ],
    },
  };
}

export function uriVariableFunctions(signature: SignatureMaker<SipUtils>): Functions {
  const variable = arg.variable('uri', 'variable that holds a SIP URI');
  return {
    set_uri_user: {
      doc: 'Sets the user of the URI in a variable.',
      signatures: [
        signature({
          args: [variable, arg.string('user', 'new user; empty for none')],
          run: (_self, context, uri, user) => change(context, uri, (text) => withUser(text, user)),
        }),
      ],
    },
    set_uri_host: {
      doc: 'Sets the host of the URI in a variable.',
      signatures: [
        signature({
          args: [variable, arg.string('host', 'new host')],
          run: (_self, context, uri, host) =>
            host === '' ? -1 : change(context, uri, (text) => withHost(text, host)),
        }),
      ],
    },
    tel2sip: {
      doc: 'Writes a tel URI as a SIP URI (RFC 3261 §19.1.6) to a variable.',
      returns: { 1: 'written', 2: 'it is no tel URI', [-1]: 'not writable' },
      signatures: [
        signature({
          args: [
            arg.string('uri', 'the URI'),
            arg.string('hostpart', 'host of the SIP URI'),
            arg.variable('result', 'variable for the SIP URI'),
          ],
          run: (_self, context, uri, host, result) => {
            const converted = telToSip(uri, host);
            if (converted === undefined) return 2;
            result.set(context, converted);
            return 1;
          },
        }),
      ],
    },
  };
}

function change(
  context: ScriptContext,
  variable: VariableRef,
  edit: (uri: string) => string | undefined,
): number {
  const changed = edit(String(variable.get(context) ?? ''));
  if (changed === undefined) return -1;
  variable.set(context, changed);
  return 1;
}
