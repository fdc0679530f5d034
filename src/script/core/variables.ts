import type { Value } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { PvBinding, PvReference } from '../../module/define.ts';
import { selectedValue } from './groupSelection.ts';
import { type CorePvs, type CoreState, readOnly } from './state.ts';

/** Variables that need no module: return code, constants, environment, defines, custom parameters. */

const constant = (doc: string, text: string) => readOnly(doc, () => text);

/** A number where the text is one, else the text, as `$envn` and `$defn` give it. */
function asNumber(text: string): Value {
  const number = Number(text);
  return text.trim() !== '' && Number.isSafeInteger(number) ? number : text;
}

function unquoted(text: string): string {
  const first = text[0];
  const isQuoted = text.length >= 2 && (first === '"' || first === "'") && text.endsWith(first);
  return isQuoted ? text.slice(1, -1) : text;
}

/** A define as it stands at the end of the config; `$null` when there is none of this name. */
function bindDefine(convert: (text: string) => Value) {
  return (self: CoreState, pv: PvReference): PvBinding | { message: string } => {
    const name = pv.inner?.trim();
    if (name === undefined) return { message: `$${pv.syntax.name} needs a constant name` };
    return {
      get: () => {
        const text = self.host.defines?.get(name);
        return text === undefined ? null : convert(text);
      },
    };
  };
}

function bindEnvironment(convert: (text: string) => Value) {
  return (self: CoreState, pv: PvReference): PvBinding => ({
    get: (context) => {
      const text = self.host.machine.env(pv.innerOf(context).trim());
      return text === undefined ? null : convert(text);
    },
  });
}

/** `group.name` of a custom global parameter, as it stands now. */
function customParameter(self: CoreState, path: string, context: ScriptContext): Value {
  const dot = path.indexOf('.');
  const group = path.slice(0, dot).trim();
  const name = path.slice(dot + 1).trim();
  const own = selectedValue(self.host, context, group, name);
  if (own !== undefined) return own;
  const variable = self.host.runtimeConfig.find(group, name);
  return variable?.get() ?? self.host.settings.custom(group, name) ?? null;
}

const versionKeys: Readonly<Record<string, (self: CoreState) => string>> = {
  num: (self) => self.version.number,
  full: (self) => self.version.full,
  hash: (self) => self.version.hash,
};

function bindVersion(self: CoreState, pv: PvReference): PvBinding | { message: string } {
  const key = pv.inner ?? '';
  const read = Object.hasOwn(versionKeys, key) ? versionKeys[key] : undefined;
  if (read === undefined)
    return { message: `$version knows num, full, hash, not "${pv.syntax.inner ?? ''}"` };
  const value = read(self);
  return { get: () => value, constant: value, type: 'string' };
}

export const variablePvs: CorePvs = {
  rc: readOnly('return code of the last function', (_self, context) => context.returnCode),
  retcode: readOnly('return code of the last function', (_self, context) => context.returnCode),
  '?': readOnly('return code of the last function', (_self, context) => context.returnCode),
  null: { doc: 'no value', bind: () => ({ get: () => null, constant: null }) },
  _s: {
    doc: 'text with variables evaluated: $_s(sip:$rU@$rd)',
    inner: 'required',
    bind: (_self, pv) => ({ get: (context) => pv.innerOf(context), type: 'string' }),
  },
  env: { doc: 'environment variable', inner: 'required', bind: bindEnvironment((text) => text) },
  envn: { doc: 'environment variable as number', inner: 'required', bind: bindEnvironment(asNumber) },
  def: { doc: 'value of a define', inner: 'required', bind: bindDefine((text) => text) },
  defn: { doc: 'value of a define as number', inner: 'required', bind: bindDefine(asNumber) },
  defs: {
    doc: 'value of a define in quotes',
    inner: 'required',
    bind: bindDefine((text) => (unquoted(text) === text ? `"${text}"` : text)),
  },
  defv: { doc: 'value of a define without quotes', inner: 'required', bind: bindDefine(unquoted) },
  ccp: {
    doc: 'custom global parameter: $ccp(group.name)',
    inner: 'required',
    bind: (self, pv) => ({ get: (context) => customParameter(self, pv.innerOf(context), context) }),
  },
  version: { doc: 'version of the server: num, full, hash', inner: 'required', bind: bindVersion },
  Eb: constant('back slash', '\\'),
  En: constant('line feed', '\n'),
  Er: constant('carriage return', '\r'),
  Et: constant('tab', '\t'),
  Es: constant('space', ' '),
  Ec: constant('comma', ','),
  Eq: constant('double quote', '"'),
  Ek: constant('single quote', "'"),
  Ei: constant('colon', ':'),
  Ej: constant('semicolon', ';'),
  Ev: constant('back tick', '`'),
};

export { customParameter };
