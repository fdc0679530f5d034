import type { ScriptContext } from '../../module/context.ts';
import { arg } from '../../module/define.ts';
import type { XavpNode } from '../../module/variables.ts';
import { setViaParams } from '../../module/viaParams.ts';
import type { Corex } from './corex.ts';
import type { Functions, Maker } from './flags.ts';

/** What our own Via shows: `srvid`, fields of an XAVP as parameters, host and port out of an XAVP. */

const key = Symbol('contents of the own Via');

interface Contents {
  readonly serverId: boolean;
  readonly xavp: boolean;
}

function change(self: Corex, context: ScriptContext, part: Partial<Contents>): number {
  const before = (context.scratch.get(key) as Contents | undefined) ?? { serverId: false, xavp: false };
  const contents = { ...before, ...part };
  context.scratch.set(key, contents);
  setViaParams(context, () => params(self, context, contents));
  return 1;
}

/** Read when a copy is made: the XAVP may be filled after the call. */
function params(self: Corex, context: ScriptContext, contents: Contents): string {
  const { settings } = self.host;
  const serverId = Number(settings.get('server_id') ?? 0);
  let out = contents.serverId && serverId !== 0 ? `;srvid=${serverId}` : '';
  const name = String(settings.get('xavp_via_params') ?? '');
  const root = contents.xavp && name !== '' ? rootOf(context, name) : undefined;
  for (const { name: field, value } of root?.fields ?? []) {
    if (typeof value === 'object' && value !== null) continue;
    out += value === null || value === '' ? `;${field}` : `;${field}=${value}`;
  }
  return out;
}

function rootOf(context: ScriptContext, name: string): XavpNode | undefined {
  const root = context.variables.xavps.get(name);
  return typeof root === 'object' && root !== null ? root : undefined;
}

/** Fields `address` and `port` of the XAVP that xavp_via_fields names. */
function useFields(self: Corex, context: ScriptContext, on: boolean): number {
  const name = String(self.host.settings.get('xavp_via_fields') ?? '');
  const root = name === '' ? undefined : rootOf(context, name);
  const address = on ? root?.get('address') : '';
  const port = on ? root?.get('port') : 0;
  context.advertisedHost = typeof address === 'string' ? address : '';
  context.advertisedPort = Number(port ?? 0) || 0;
  return 1;
}

const flags = arg.int('flags', '1: yes, 0: no');

export function viaFunctions(signature: Maker): Functions {
  return {
    via_add_srvid: {
      doc: 'Shows server_id, when it is not 0, as parameter srvid in our Via.',
      returns: { 1: 'always' },
      signatures: [
        signature({
          kemi: 'via_add_srvid',
          args: [flags],
          run: (self, context, on) => change(self, context, { serverId: on !== 0 }),
        }),
      ],
    },
    via_add_xavp_params: {
      doc: 'Shows the fields of the XAVP that xavp_via_params names as parameters in our Via.',
      returns: { 1: 'always' },
      signatures: [
        signature({
          kemi: 'via_add_xavp_params',
          args: [flags],
          run: (self, context, on) => change(self, context, { xavp: on !== 0 }),
        }),
      ],
    },
    via_use_xavp_fields: {
      doc: 'Takes host and port of our Via from fields address and port of the XAVP that xavp_via_fields names, as they are now.',
      returns: { 1: 'always' },
      signatures: [
        signature({
          kemi: 'via_use_xavp_fields',
          args: [flags],
          run: (self, context, on) => useFields(self, context, on !== 0),
        }),
      ],
    },
  };
}
