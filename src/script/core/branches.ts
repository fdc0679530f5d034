import { arg } from '../../module/define.ts';
import type { CoreFunctions, CoreTools } from './state.ts';

/** `remove_branch`, `clear_branches`: additional branches only. */
export function branchFunctions({ signature }: CoreTools): CoreFunctions {
  return {
    remove_branch: {
      doc: 'Removes an additional branch by its index.',
      returns: { 1: 'done', [-1]: 'there is no such branch' },
      signatures: [
        signature({
          args: [arg.int('index', 'from 0 on')],
          run: (_self, context, index) => {
            if (!(Number.isInteger(index) && index >= 0 && index < context.branches.length)) return -1;
            context.branches.splice(index, 1);
            return 1;
          },
        }),
      ],
    },
    clear_branches: {
      doc: 'Removes all additional branches.',
      returns: { 1: 'done' },
      signatures: [
        signature({
          run: (_self, context) => {
            context.branches.length = 0;
            return 1;
          },
        }),
      ],
    },
  };
}
