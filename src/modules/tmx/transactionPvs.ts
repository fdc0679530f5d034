import type { Problem, Value } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { PvBinding, PvDeclaration, PvReference } from '../../module/define.ts';
import type { ClientBranch } from '../../proxy/clientBranch.ts';
import type { TmTransaction } from '../tm/api.ts';
import type { Tmx } from './tmx.ts';

/** The branch that the running route is about. */
function branchOf(tmx: Tmx, context: ScriptContext): ClientBranch | undefined {
  return tmx.transactionOf(context)?.currentBranch;
}

function branchIndex(tmx: Tmx, context: ScriptContext): number {
  if (context.branchIndex >= 0) return context.branchIndex;
  return tmx.transactionOf(context)?.branches.length ?? 0;
}

/** By route: of the current response, of the winning one, of the last one sent; 0 for none. */
function replyCode(tmx: Tmx, context: ScriptContext): number {
  if (!context.message.isRequest) return context.message.statusCode;
  const transaction = tmx.transactionOf(context);
  if (transaction === undefined) return 0;
  if (context.routeKind === 'request' || context.routeKind === 'branch') return transaction.lastStatus;
  return transaction.currentBranch?.status ?? transaction.lastStatus;
}

function replyReason(tmx: Tmx, context: ScriptContext): Value {
  if (!context.message.isRequest) return context.message.reasonPhrase;
  const branch = branchOf(tmx, context);
  if (branch === undefined) return '';
  return branch.response?.reasonPhrase ?? tmx.reasonOf(branch.status);
}

/** The status of the current response; '' in routes of requests. */
function lastReply(context: ScriptContext): Value {
  return context.message.isRequest ? '' : context.message.statusCode;
}

function madeIfMissing(tmx: Tmx, context: ScriptContext): TmTransaction | undefined {
  if (tmx.transactionOf(context) === undefined) tmx.tm.newTransaction(context);
  return tmx.transactionOf(context);
}

type Attribute = (tmx: Tmx, context: ScriptContext) => Value;

const transactionAttributes: Readonly<Record<string, Attribute>> = {
  id_index: (tmx, context) => indexOf(tmx.transactionOf(context)),
  id_label: (tmx, context) => labelOf(tmx.transactionOf(context)),
  id_index_n: (tmx, context) => indexOf(madeIfMissing(tmx, context)),
  id_label_n: (tmx, context) => labelOf(madeIfMissing(tmx, context)),
  reply_code: replyCode,
  reply_reason: replyReason,
  reply_last: (_tmx, context) => lastReply(context),
  branch_index: branchIndex,
  ruid: (tmx, context) => branchOf(tmx, context)?.target.ruid || null,
  reply_type: (tmx, context) => {
    if (tmx.transactionOf(context) === undefined) return null;
    return branchOf(tmx, context)?.isLocal === true ? 1 : 0;
  },
};

const branchAttributes: Readonly<Record<string, Attribute>> = {
  flags: (tmx, context) => branchOf(tmx, context)?.target.branchFlags ?? null,
  uri: (tmx, context) => branchOf(tmx, context)?.target.requestUri ?? null,
};

function indexOf(transaction: TmTransaction | undefined): Value {
  return transaction === undefined ? null : transaction.id & 0xffff;
}

function labelOf(transaction: TmTransaction | undefined): Value {
  return transaction === undefined ? null : Math.floor(transaction.id / 0x10000);
}

function attributePv(name: string, doc: string, attributes: Readonly<Record<string, Attribute>>) {
  return {
    doc,
    inner: 'required',
    bind: (tmx: Tmx, pv: PvReference): PvBinding | Problem => {
      const attribute = pv.inner === undefined ? undefined : attributes[pv.inner];
      if (attribute !== undefined) return { get: (context) => attribute(tmx, context) };
      return {
        message: `$${name}: no attribute '${pv.inner ?? ''}'; there are ${Object.keys(attributes).join(', ')}`,
      };
    },
  } satisfies PvDeclaration<Tmx>;
}

/** A variable evaluated on another message of the transaction. */
function viewPv(doc: string, view: (tmx: Tmx, context: ScriptContext) => ScriptContext | undefined) {
  return {
    doc,
    inner: 'required',
    bind: (tmx: Tmx, pv: PvReference): PvBinding => ({
      get: (context) => {
        const other = view(tmx, context);
        return other === undefined ? null : typed(pv.innerOf(other));
      },
    }),
  } satisfies PvDeclaration<Tmx>;
}

/** Variables come as text; plain numbers compare as numbers again. */
function typed(text: string): Value {
  if (text === '<null>') return null;
  return /^(0|[1-9]\d{0,14})$/.test(text) ? Number(text) : text;
}

export const transactionPvs: Readonly<Record<string, PvDeclaration<Tmx>>> = {
  T_branch_idx: {
    doc: 'Index of the branch; in other routes how many branches there are.',
    type: 'int',
    get: branchIndex,
  },
  T_reply_code: {
    doc: 'Status: of the current response, the winning one, or the last one sent; 0 for none.',
    type: 'int',
    get: replyCode,
  },
  T_reply_reason: { doc: 'Reason phrase of the current or the winning response.', get: replyReason },
  T_reply_last: {
    doc: 'Status of the current response; empty in routes of requests.',
    get: (_tmx, context) => lastReply(context),
  },
  T_reply_ruid: {
    doc: 'Record id of the binding behind the current branch.',
    get: (tmx, context) => branchOf(tmx, context)?.target.ruid || null,
  },
  T: attributePv('T', 'Attributes of the transaction.', transactionAttributes),
  T_branch: attributePv('T_branch', 'Attributes of the current branch.', branchAttributes),
  T_req: viewPv('A variable of the request, in reply routes.', (tmx, context) => tmx.requestView(context)),
  T_rpl: viewPv('A variable of the winning response, in failure routes.', (tmx, context) =>
    tmx.responseView(context),
  ),
  T_inv: viewPv('A variable of the INVITE that a CANCEL is for.', (tmx, context) => tmx.inviteView(context)),
};
