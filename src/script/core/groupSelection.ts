import type { ScriptContext } from '../../module/context.ts';
import { arg } from '../../module/define.ts';
import type { Host } from '../../module/host.ts';
import type { CoreFunctions, CoreTools } from './state.ts';

/** `cfg_select`, `cfg_reset`: which instance of a group of custom parameters this message reads. */

const selectionKey = Symbol('selected group instances');

function selectionOf(context: ScriptContext): Map<string, number> | undefined {
  return context.scratch.size === 0
    ? undefined
    : (context.scratch.get(selectionKey) as Map<string, number> | undefined);
}

/** The value that the selected instance has of its own; undefined where the group's counts. */
export function selectedValue(
  host: Host,
  context: ScriptContext,
  group: string,
  name: string,
): number | string | undefined {
  const id = selectionOf(context)?.get(group);
  return id === undefined ? undefined : host.runtimeConfig.instances.get({ group, id }, name);
}

function select(host: Host, context: ScriptContext, group: string, id: number): number {
  if (!host.runtimeConfig.instances.has({ group, id })) {
    host.log.error(`cfg_select: there is no group instance ${group}[${id}]`);
    return -1;
  }
  const selection = selectionOf(context) ?? new Map<string, number>();
  selection.set(group, id);
  context.scratch.set(selectionKey, selection);
  return 1;
}

export function groupSelectionFunctions({ signature }: CoreTools): CoreFunctions {
  const group = arg.string('group', 'group of custom parameters');
  return {
    cfg_select: {
      doc: 'From here on this message reads the values of an instance of a group of custom parameters.',
      returns: { 1: 'selected', [-1]: 'there is no such instance' },
      signatures: [
        signature({
          args: [group, arg.int('id', 'number of the instance')],
          run: (self, context, name, id) => select(self.host, context, name, id),
        }),
      ],
    },
    cfg_reset: {
      doc: 'This message reads the values of the group itself again.',
      returns: { 1: 'done' },
      signatures: [
        signature({
          args: [group],
          run: (_self, context, name) => {
            selectionOf(context)?.delete(name);
            return 1;
          },
        }),
      ],
    },
  };
}
