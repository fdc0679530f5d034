import type { Value } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { PvBinding, PvDeclaration, PvReference } from '../../module/define.ts';
import { makeTarget, type Target } from '../../proxy/target.ts';
import type { PvState } from './state.ts';
import { hex32, number, orNull, type Pvs, readOnly, text, writable } from './values.ts';

/** Variables of the target set: `$branch` (additional branches), `$sbranch`, `$br`, `$bR`, `$ds`, `$bf`. */

interface Field {
  readonly get: (target: Target) => Value;
  readonly set?: (self: PvState, target: Target, value: Value) => void;
}

const fields: Readonly<Record<string, Field>> = {
  uri: {
    get: (target) => orNull(target.requestUri),
    set: (_self, target, value) => {
      target.requestUri = text(value);
    },
  },
  dst_uri: {
    get: (target) => orNull(target.nextHop),
    set: (_self, target, value) => {
      target.nextHop = text(value);
    },
  },
  path: {
    get: (target) => orNull(target.path),
    set: (_self, target, value) => {
      target.path = text(value);
    },
  },
  q: {
    get: (target) => (target.q < 0 ? null : target.q),
    set: (_self, target, value) => {
      target.q = value === null ? -1 : number(value);
    },
  },
  send_socket: {
    get: (target) => orNull(target.socket?.text),
    set: (self, target, value) => {
      const socket = value === null ? undefined : self.host.transport.findSocket(text(value));
      if (value !== null && socket === undefined) self.host.log.error('invalid socket specification');
      else target.socket = socket;
    },
  },
  flags: {
    get: (target) => target.branchFlags >>> 0,
    set: (_self, target, value) => {
      target.branchFlags = number(value) | 0;
    },
  },
  ruid: { get: (target) => orNull(target.ruid) },
  location_ua: { get: (target) => orNull(target.userAgent) },
  instance: { get: (target) => orNull(target.instance) },
  otcpid: {
    get: (target) => target.connectionId,
    set: (_self, target, value) => {
      target.connectionId = number(value);
    },
  },
};

function fieldOf(pv: PvReference): Field | undefined {
  return pv.inner !== undefined && Object.hasOwn(fields, pv.inner) ? fields[pv.inner] : undefined;
}

function unknownField(pv: PvReference): { message: string } {
  return {
    message: `$${pv.syntax.name} knows ${Object.keys(fields).join(', ')}, not "${pv.syntax.inner ?? ''}"`,
  };
}

/** Without an index the first one; -1 is the last one. */
function branchAt(context: ScriptContext, index: number | '*' | undefined): number {
  const at = typeof index === 'number' ? index : 0;
  return at < 0 ? context.branches.length + at : at;
}

function bindBranch(self: PvState, pv: PvReference): PvBinding | { message: string } {
  if (pv.inner === 'count') return { get: (context) => context.branches.length, type: 'int' };
  const field = fieldOf(pv);
  if (field === undefined) return unknownField(pv);
  const get = (context: ScriptContext): Value => {
    const target = context.branches[branchAt(context, pv.indexOf(context))];
    return target === undefined ? null : field.get(target);
  };
  const { set } = field;
  if (set === undefined) return { get };
  return {
    get,
    set: (context, value) => {
      const at = branchAt(context, pv.indexOf(context));
      const target = context.branches[at];
      if (target === undefined) self.host.log.error(`there is no branch ${at}`);
      else if (pv.inner === 'uri' && value === null) context.branches.splice(at, 1);
      else set(self, target, value);
    },
  };
}

function bindStaticBranch(self: PvState, pv: PvReference): PvBinding | { message: string } {
  const field = fieldOf(pv);
  if (field === undefined) return unknownField(pv);
  const { set } = field;
  const get = (): Value => field.get(self.staticBranch);
  return set === undefined ? { get } : { get, set: (_context, value) => set(self, self.staticBranch, value) };
}

/** 0 to 1000 as RFC 3261's qvalue: 500 is `0.5`, 1000 is `1`. */
function qvalue(q: number): string {
  return q >= 1000 ? '1' : q <= 0 ? '0' : `0.${String(q).padStart(3, '0')}`.replace(/0+$/, '');
}

/** Brackets only where a q value makes them necessary, as Kamailio's `$bR` shows it. */
function branchText(target: Target): string {
  return target.q < 0 ? target.requestUri : `<${target.requestUri}>;q=${qvalue(target.q)}`;
}

function contactText(target: Target): string {
  return target.q < 0 ? `<${target.requestUri}>` : `<${target.requestUri}>;q=${qvalue(target.q)}`;
}

/** A Contact line with all targets; null when nothing has been rewritten and there are no branches. */
function destinationSet(context: ScriptContext): Value {
  const targets = context.uriChanged ? [context.target, ...context.branches] : context.branches;
  return targets.length === 0 ? null : `Contact: ${targets.map(contactText).join(', ')}`;
}

function addBranch(self: PvState, context: ScriptContext, value: Value): void {
  const uri = text(value);
  if (uri === '') self.host.log.error('a branch needs a URI');
  else if (context.branches.length >= self.host.settings.maxBranches - 1)
    self.host.log.error('too many branches');
  else
    context.branches.push({
      ...makeTarget(uri),
      q: context.target.q,
      branchFlags: context.target.branchFlags,
    });
}

const setBranchFlags = (_self: PvState, context: ScriptContext, value: Value): void => {
  context.target.branchFlags = number(value) | 0;
};

function declaration(doc: string, bind: NonNullable<PvDeclaration<PvState>['bind']>): PvDeclaration<PvState> {
  return { doc, inner: 'required', index: true, bind };
}

export const branchPvs: Pvs = {
  branch: declaration(
    'field of an additional branch: $(branch(uri)[index]); $branch(count) their number',
    bindBranch,
  ),
  sbranch: declaration('field of the static branch of sbranch_append', bindStaticBranch),
  br: writable(
    'URI of the first additional branch; assigning adds a branch',
    (_self, context) => orNull(context.branches[0]?.requestUri),
    addBranch,
  ),
  bR: readOnly('all additional branches', (_self, context) =>
    context.branches.length === 0 ? null : context.branches.map(branchText).join(', '),
  ),
  ds: readOnly('target set as a Contact line', (_self, context) => destinationSet(context)),
  bf: writable(
    'flags of the first branch',
    (_self, context) => context.target.branchFlags >>> 0,
    setBranchFlags,
  ),
  bF: writable(
    'flags of the first branch as eight hex digits',
    (_self, context) => hex32(context.target.branchFlags),
    setBranchFlags,
  ),
};
