import { defineModule } from '../../module/define.ts';
import { chargingVectorPart, chargingVectorParts } from './chargingVector.ts';
import { contactFunctions, messageFunctions } from './messageFunctions.ts';
import { SipUtils } from './siputils.ts';
import { requestUriFunctions, textFunctions, uriVariableFunctions } from './uriFunctions.ts';

export default defineModule({
  name: 'siputils',
  summary: 'Small tests and edits of SIP messages: tags, URIs, numbers, Contact encoding, OPTIONS.',
  requires: ['sl'],
  params: {
    options_accept: { type: 'string', default: '*/*', doc: 'Accept of options_reply.' },
    options_accept_encoding: { type: 'string', default: '', doc: 'Accept-Encoding of options_reply.' },
    options_accept_language: { type: 'string', default: 'en', doc: 'Accept-Language of options_reply.' },
    options_support: { type: 'string', default: '', doc: 'Supported of options_reply.' },
    contact_flds_separator: {
      type: 'string',
      default: '*',
      check: (value) => (value === '' ? 'needs a character' : undefined),
      doc: 'Its first character separates the parts of an encoded Contact.',
    },
    rpid_prefix: { type: 'string', default: '', doc: 'Before the URI in Remote-Party-ID.' },
    rpid_suffix: {
      type: 'string',
      default: ';party=calling;id-type=subscriber;screen=yes',
      doc: 'Behind the URI in Remote-Party-ID.',
    },
    rpid_avp: {
      type: 'string',
      default: '$avp(s:rpid)',
      doc: 'AVP that holds the URI for Remote-Party-ID.',
    },
  },
  create: (host, config) => new SipUtils(host, config),
  functions: ({ signature }) => ({
    ...messageFunctions(signature),
    ...contactFunctions(signature),
    ...textFunctions(signature),
    ...requestUriFunctions(signature),
    ...uriVariableFunctions(signature),
  }),
  pvs: {
    pcv: {
      doc: 'P-Charging-Vector: all, value, genaddr, orig or term.',
      type: 'string',
      inner: 'required',
      bind: (_self, pv) => {
        const part = pv.inner;
        if (part === undefined || !chargingVectorParts.includes(part))
          return { message: `expected one of ${chargingVectorParts.join(', ')}` };
        return { get: (context) => chargingVectorPart(context, part) };
      },
    },
  },
  start: (self) => self.start(),
});
