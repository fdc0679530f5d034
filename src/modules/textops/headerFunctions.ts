import { compileRegexArgument } from '../../base/posixRegex.ts';
import type { ScriptContext } from '../../module/context.ts';
import { arg, type FunctionDeclaration, type SignatureMaker } from '../../module/define.ts';
import {
  appendHeader,
  asLine,
  hasHeader,
  hasHeaderMatching,
  hasPrivacy,
  insertHeader,
  removeHeader,
  removeHeaderAt,
  removeHeadersMatching,
  removeHeadersWithBody,
} from './headers.ts';
import { messageRoutes } from './searchFunctions.ts';
import type { TextOps } from './textops.ts';

type Functions = Readonly<Record<string, FunctionDeclaration<TextOps>>>;

const replyRoutes = ['request', 'branch', 'failure', 'branch_failure'] as const;
const found = { 1: 'there is one', [-1]: 'there is none' };
const removed = { 1: 'at least one was removed', [-1]: 'there is none' };
const staticName = arg.constant('hname', 'header name, full or compact');
const name = arg.string('hname', 'header name, full or compact');
const pattern = arg.regex('re', 'regular expression over the name');
const dynamicPattern = arg.string('re', 'regular expression over the name');
const line = arg.string('txt', 'header line, ending with CRLF');

function checkRegex(value: unknown): string | undefined {
  const compiled = compileRegexArgument(String(value));
  return 'error' in compiled ? compiled.error : undefined;
}

export function presenceFunctions(signature: SignatureMaker<TextOps>): Functions {
  return {
    is_present_hf: {
      doc: 'Is there a header of this name, in full or compact form?',
      routes: messageRoutes,
      returns: found,
      signatures: [
        signature({
          kemi: 'is_present_hf',
          args: [staticName],
          run: (_self, { message }, hname) => hasHeader(message, hname),
        }),
      ],
    },
    is_present_hf_pv: {
      doc: 'Like is_present_hf; the name may hold variables.',
      routes: messageRoutes,
      returns: found,
      signatures: [
        signature({ args: [name], run: (_self, { message }, hname) => hasHeader(message, hname) }),
      ],
    },
    is_present_hf_re: {
      doc: 'Is there a header whose name matches?',
      routes: messageRoutes,
      returns: found,
      signatures: [
        signature({
          kemi: 'is_present_hf_re',
          args: [pattern],
          run: (_self, { message }, re) => hasHeaderMatching(message, re),
        }),
      ],
    },
    is_present_hf_re_pv: {
      doc: 'Like is_present_hf_re; the expression may hold variables.',
      routes: messageRoutes,
      returns: found,
      signatures: [
        signature({
          args: [dynamicPattern],
          run: (self, { message }, re) => {
            const regex = self.lineRegex(re);
            return regex === undefined ? -1 : hasHeaderMatching(message, regex);
          },
        }),
      ],
    },
    is_privacy: {
      doc: 'Is this one of the values of Privacy (RFC 3323)?',
      routes: messageRoutes,
      returns: found,
      signatures: [
        signature({
          kemi: 'is_privacy',
          args: [arg.constant('type', 'id, user, header, session, none, critical, history')],
          run: (_self, { message }, type) => hasPrivacy(message, type),
        }),
      ],
    },
  };
}

export function removalFunctions(signature: SignatureMaker<TextOps>): Functions {
  return {
    remove_hf: {
      doc: 'Removes all headers of a name, in full and compact form.',
      routes: messageRoutes,
      returns: removed,
      signatures: [
        signature({
          kemi: 'remove_hf',
          args: [staticName],
          run: (_self, { message }, hname) => removeHeader(message, hname),
        }),
      ],
    },
    remove_hf_pv: {
      doc: 'Like remove_hf; the name may hold variables.',
      routes: messageRoutes,
      returns: removed,
      signatures: [
        signature({ args: [name], run: (_self, { message }, hname) => removeHeader(message, hname) }),
      ],
    },
    remove_hf_re: {
      doc: 'Removes all headers whose name matches.',
      returns: removed,
      signatures: [
        signature({
          kemi: 'remove_hf_re',
          args: [pattern],
          run: (_self, { message }, re) => removeHeadersMatching(message, re),
        }),
      ],
    },
    remove_hf_re_pv: {
      doc: 'Like remove_hf_re; the expression may hold variables.',
      returns: removed,
      signatures: [
        signature({ args: [dynamicPattern], run: (self, context, re) => removeMatching(self, context, re) }),
      ],
    },
    remove_hf_exp: {
      doc: 'Removes all headers whose name matches the first expression and not the second.',
      returns: removed,
      signatures: [
        signature({
          kemi: 'remove_hf_exp',
          args: [
            arg.constant('expmatch', 'names to remove', { check: checkRegex }),
            arg.constant('expskip', 'names to keep', { check: checkRegex }),
          ],
          run: (self, context, match, skip) => removeMatching(self, context, match, skip),
        }),
      ],
    },
    remove_hf_exp_pv: {
      doc: 'Like remove_hf_exp; the expressions may hold variables.',
      returns: removed,
      signatures: [
        signature({
          args: [arg.string('expmatch', 'names to remove'), arg.string('expskip', 'names to keep')],
          run: (self, context, match, skip) => removeMatching(self, context, match, skip),
        }),
      ],
    },
    remove_hf_idx: {
      doc: 'Removes one header of a name by its position.',
      returns: { 1: 'removed', [-1]: 'there is none' },
      signatures: [
        signature({
          kemi: 'remove_hf_idx',
          args: [name, arg.int('idx', 'from 0; negative ones count from the end')],
          run: (_self, { message }, hname, index) => removeHeaderAt(message, hname, index),
        }),
      ],
    },
    remove_hf_match: {
      doc: 'Removes the headers of a name whose body fits.',
      returns: { 1: 'at least one was removed', [-1]: 'unknown operator', [-2]: 'none fits' },
      signatures: [
        signature({
          kemi: 'remove_hf_match',
          args: [
            name,
            arg.string('op', '`eq`, `ne`, `in` (holds the text) or `re`', { check: checkOperator }),
            arg.string('expr', 'text or regular expression'),
          ],
          run: (self, context, hname, operator, expression) =>
            removeFitting(self, context, hname, operator, expression),
        }),
      ],
    },
  };
}

function removeMatching(self: TextOps, { message }: ScriptContext, match: string, skip?: string): number {
  const regex = self.lineRegex(match);
  const except = skip === undefined ? undefined : self.lineRegex(skip);
  if (regex === undefined || (skip !== undefined && except === undefined)) return -1;
  return removeHeadersMatching(message, regex, except);
}

function checkOperator(value: unknown): string | undefined {
  return /^(eq|ne|in|re)$/.test(String(value)) ? undefined : "expected 'eq', 'ne', 'in' or 're'";
}

function removeFitting(
  self: TextOps,
  { message }: ScriptContext,
  hname: string,
  operator: string,
  expression: string,
): number {
  switch (operator) {
    case 'eq':
      return removeHeadersWithBody(message, hname, (body) => body === expression);
    case 'ne':
      return removeHeadersWithBody(message, hname, (body) => body !== expression);
    case 'in':
      return removeHeadersWithBody(message, hname, (body) => body.includes(expression));
    case 're': {
      const regex = self.lineRegex(expression);
      return regex === undefined ? -1 : removeHeadersWithBody(message, hname, (body) => regex.test(body));
    }
    default:
      return -1;
  }
}

export function additionFunctions(signature: SignatureMaker<TextOps>): Functions {
  return {
    append_hf: {
      doc: 'Adds a header line behind all headers, or behind the last one of a name.',
      routes: messageRoutes,
      signatures: [
        signature({
          args: [line, arg.string('hdr', 'name of the header to stand behind', { optional: true })],
          run: (_self, { message }, text, after) => appendHeader(message, text, after),
        }),
      ],
    },
    insert_hf: {
      doc: 'Adds a header line before all headers, or before the first one of a name.',
      routes: messageRoutes,
      signatures: [
        signature({
          args: [line, arg.string('hdr', 'name of the header to stand before', { optional: true })],
          run: (_self, { message }, text, before) => insertHeader(message, text, before),
        }),
      ],
    },
    append_urihf: {
      doc: 'Adds prefix, the received Request-URI and suffix behind all headers.',
      routes: replyRoutes,
      signatures: [
        signature({
          args: [arg.string('prefix', 'usually a header name'), arg.string('suffix', 'usually CRLF')],
          run: (_self, { message }, prefix, suffix) =>
            appendHeader(message, `${prefix}${message.requestUri}${suffix}`),
        }),
      ],
    },
    append_to_reply: {
      doc: 'Adds a header line to the next response of our own.',
      routes: replyRoutes,
      signatures: [
        signature({
          args: [line],
          run: (_self, context, text) => {
            context.replyHeaders += asLine(text);
            return 1;
          },
        }),
      ],
    },
    append_time: {
      doc: 'Adds Date to the next response of our own.',
      routes: replyRoutes,
      signatures: [
        signature({
          run: (self, context) => {
            context.replyHeaders += dateLine(self);
            return 1;
          },
        }),
      ],
    },
    append_time_to_request: {
      doc: 'Adds Date to the message.',
      routes: messageRoutes,
      signatures: [signature({ run: (self, { message }) => insertHeader(message, dateLine(self)) })],
    },
  };
}

/** RFC 3261 §20.17: always GMT. */
function dateLine(self: TextOps): string {
  return `Date: ${new Date(self.host.clock.wallMs()).toUTCString()}\r\n`;
}
