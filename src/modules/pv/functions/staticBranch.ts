import { makeTarget } from '../../../proxy/target.ts';
import type { Functions, Maker } from './checks.ts';

/** `sbranch_*`: the static branch that `$sbranch` fills. */
export function staticBranchFunctions(signature: Maker): Functions {
  const routes = ['request', 'route', 'branch', 'failure'] as const;
  return {
    sbranch_set_ruri: {
      doc: 'Makes the static branch the first one: Request-URI, destination and the rest.',
      routes,
      returns: { 1: 'done', [-1]: 'the static branch has no URI' },
      signatures: [
        signature({
          kemi: 'sbranch_set_ruri',
          run: (self, context) => {
            if (self.staticBranch.requestUri === '') return -1;
            context.target = { ...self.staticBranch };
            context.uriChanged = true;
            return 1;
          },
        }),
      ],
    },
    sbranch_append: {
      doc: 'Appends a copy of the static branch.',
      routes,
      returns: { 1: 'done', [-1]: 'the static branch has no URI, or there are too many branches' },
      signatures: [
        signature({
          kemi: 'sbranch_append',
          run: (self, context) => {
            if (self.staticBranch.requestUri === '') return -1;
            if (context.branches.length >= self.host.settings.maxBranches - 1) return -1;
            context.branches.push({ ...self.staticBranch });
            return 1;
          },
        }),
      ],
    },
    sbranch_reset: {
      doc: 'Empties the static branch.',
      routes,
      returns: { 1: 'done' },
      signatures: [
        signature({
          kemi: 'sbranch_reset',
          run: (self) => {
            self.staticBranch = makeTarget('');
            return 1;
          },
        }),
      ],
    },
  };
}
