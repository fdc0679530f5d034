import { arg, defineModule } from '../../module/define.ts';
import { MaxForwards } from './maxForwards.ts';

export default defineModule({
  name: 'maxfwd',
  summary: 'Max-Forwards: adds, decrements and checks it (RFC 3261 §16.3 step 3, §16.6 step 3).',
  params: {
    max_limit: {
      type: 'int',
      default: 70,
      min: 1,
      max: 256,
      runtime: true,
      doc: 'Greatest value that leaves; a decremented value above it is lowered to it.',
    },
  },
  create: (_host, config) => new MaxForwards(config),
  functions: ({ signature }) => ({
    process_maxfwd: {
      aliases: ['mf_process_maxfwd_header', 'maxfwd_process'],
      doc: 'Decrements Max-Forwards, or adds it with the given value when there is none.',
      routes: ['request'],
      returns: { 2: 'header added', 1: 'decremented', [-1]: 'was zero', [-2]: 'malformed' },
      signatures: [
        signature({
          kemi: 'process_maxfwd',
          args: [arg.int('value', 'value of a new header')],
          run: (self, context, value) => self.process(context.message, value),
        }),
      ],
    },
    is_maxfwd_lt: {
      aliases: ['mf_lowlimit', 'maxfwd_at_least'],
      doc: 'Is Max-Forwards, as it would leave now, below a value?',
      routes: ['request'],
      returns: { 1: 'below', [-1]: 'not below', [-2]: 'no header', [-3]: 'malformed' },
      signatures: [
        signature({
          kemi: 'is_maxfwd_lt',
          args: [arg.int('value', 'value to compare with')],
          run: (self, context, value) => self.isBelow(context.message, value),
        }),
      ],
    },
  }),
});
