import { arg, type FunctionDeclaration, type SignatureMaker } from '../../module/define.ts';
import type { TextOpsX } from './textopsx.ts';

type Functions = Readonly<Record<string, FunctionDeclaration<TextOpsX>>>;

const statusReturns = { 1: 'changed', [-1]: 'no response, or the class may not change' };

export function messageFunctions(signature: SignatureMaker<TextOpsX>): Functions {
  return {
    msg_apply_changes: {
      doc: 'Makes pending edits visible to the script. To be called before a transaction is made.',
      routes: ['request', 'reply', 'onreply'],
      returns: { 1: 'applied', 0: 'the result is malformed: the script ends', [-1]: 'not possible now' },
      signatures: [
        signature({ kemi: 'msg_apply_changes', run: (self, context) => self.applyChanges(context) }),
      ],
    },
    msg_set_buffer: {
      doc: 'Replaces the whole message by a text. To be called before a transaction is made.',
      routes: ['request', 'reply', 'onreply'],
      returns: { 1: 'set', 0: 'the text is malformed: the script ends', [-1]: 'not of the same sort' },
      signatures: [
        signature({
          kemi: 'msg_set_buffer',
          args: [arg.string('data', 'a whole SIP message')],
          run: (self, context, text) => self.setBuffer(context, text),
        }),
      ],
    },
    change_reply_status: {
      doc: 'Changes status and reason of a response on its way. A provisional or 2xx one keeps its class.',
      routes: ['onreply', 'reply'],
      returns: statusReturns,
      signatures: [
        signature({
          kemi: 'change_reply_status',
          args: [arg.int('code', 'new status'), arg.string('reason', 'new reason phrase')],
          run: (self, { message }, code, reason) => self.changeStatus(message, code, reason),
        }),
      ],
    },
    change_reply_status_code: {
      doc: 'Like change_reply_status; the reason phrase stays.',
      routes: ['onreply', 'reply'],
      returns: statusReturns,
      signatures: [
        signature({
          kemi: 'change_reply_status_code',
          args: [arg.int('code', 'new status')],
          run: (self, { message }, code) => self.changeStatus(message, code, undefined),
        }),
      ],
    },
    remove_body: {
      doc: 'Removes the body; Content-Type stays.',
      signatures: [signature({ kemi: 'remove_body', run: (self, context) => self.removeBody(context) })],
    },
    keep_hf: {
      doc: 'Removes all headers but those that routing needs and those whose name matches.',
      signatures: [
        signature({
          kemi: 'keep_hf',
          run: (self, { message }) => self.keepHeaders(message, undefined),
        }),
        signature({
          kemi: 'keep_hf_re',
          args: [arg.regex('regexp', 'names to keep')],
          run: (self, { message }, wanted) => self.keepHeaders(message, wanted),
        }),
      ],
    },
    fnmatch: {
      doc: 'Does a text match a shell pattern (`*`, `?`, `[a-z]`, `[!a-z]`)?',
      signatures: [
        signature({
          kemi: 'fnmatch',
          args: [arg.string('value', 'text'), arg.string('expr', 'pattern')],
          run: (self, _context, value, pattern) => self.matchesWildcard(value, pattern, ''),
        }),
        signature({
          kemi: 'fnmatch_ex',
          args: [
            arg.string('value', 'text'),
            arg.string('expr', 'pattern'),
            arg.string('flags', '`i`: letter case aside'),
          ],
          run: (self, _context, value, pattern, flags) => self.matchesWildcard(value, pattern, flags),
        }),
      ],
    },
  };
}
