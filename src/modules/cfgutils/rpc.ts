import { errorText } from '../../base/errors.ts';
import type { RpcDeclaration } from '../../module/define.ts';
import { RpcFault, type RpcParameter, type RpcReply } from '../../module/rpc.ts';
import type { Cfgutils } from './cfgutils.ts';

const mask: RpcParameter = { name: 'mask', type: 'any' };

/** A mask of 32 bits in decimal or with 0x; undefined for anything else. */
function maskOf(value: unknown): number | undefined {
  const number = Number(value);
  return Number.isInteger(number) && number >= 0 && number <= 0xffffffff ? number | 0 : undefined;
}

function withMask(run: (self: Cfgutils, bits: number) => RpcReply): RpcDeclaration<Cfgutils>['run'] {
  return (self, [value]) => {
    const bits = maskOf(value);
    return bits === undefined ? new RpcFault(400, 'Invalid parameter') : run(self, bits);
  };
}

const setProbability: RpcDeclaration<Cfgutils> = {
  doc: 'Sets the probability of rand_event, in percent.',
  args: [{ name: 'percent', type: 'int' }],
  run: (self, [percent]) => {
    if (self.setProbability(Number(percent))) return [];
    self.host.log.error(`incorrect probability <${percent}>`);
    return new RpcFault(500, 'Invalid Percent');
  },
};

export const rpcMethods: Readonly<Record<string, RpcDeclaration<Cfgutils>>> = {
  'cfgutils.rand_set_prob': setProbability,
  'cfgutils.rand_set_prop': setProbability,
  'cfgutils.rand_reset_prob': {
    doc: 'Sets the probability back to initial_probability.',
    run: (self) => {
      self.setProbability(self.config.initial_probability);
      return [];
    },
  },
  'cfgutils.rand_get_prob': {
    doc: 'Tells the probability.',
    run: (self) => [`actual probability: ${self.probability} percent`],
  },
  'cfgutils.check_config_hash': {
    doc: 'Is hash_file still as it was at start?',
    run: async (self) => {
      if (self.fileHash === undefined)
        return new RpcFault(500, 'No hash file given, disable hash functionality');
      try {
        return (await self.hashFile()) === self.fileHash
          ? ['Identical hash']
          : new RpcFault(400, 'Not identical hash');
      } catch (error) {
        return new RpcFault(500, errorText(error));
      }
    },
  },
  'cfgutils.get_config_hash': {
    doc: 'Tells the hash of hash_file at start.',
    run: (self) =>
      self.fileHash === undefined
        ? new RpcFault(500, 'No hash file given, disable hash functionality')
        : [self.fileHash],
  },
  'cfgutils.set_gflag': {
    doc: 'Sets the global flags of a mask.',
    args: [mask],
    run: withMask((self, bits) => {
      self.flags |= bits;
      return [];
    }),
  },
  'cfgutils.reset_gflag': {
    doc: 'Clears the global flags of a mask.',
    args: [mask],
    run: withMask((self, bits) => {
      self.flags &= ~bits;
      return [];
    }),
  },
  'cfgutils.is_gflag': {
    doc: 'TRUE when all global flags of a mask are set, else FALSE.',
    args: [mask],
    run: withMask((self, bits) => [(self.flags & bits) === bits ? 'TRUE' : 'FALSE']),
  },
  'cfgutils.get_gflags': {
    doc: 'Tells all global flags, hexadecimal and decimal.',
    run: (self) => [`0x${(self.flags >>> 0).toString(16).toUpperCase()} (${self.flags >>> 0})`],
  },
};
