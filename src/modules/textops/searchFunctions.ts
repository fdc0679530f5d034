import { compilePosixRegex } from '../../base/posixRegex.ts';
import { arg, type FunctionDeclaration, type SignatureMaker } from '../../module/define.ts';
import {
  behindStartLine,
  bodyOf,
  headersOf,
  replaceMatches,
  replaceString,
  search,
  searchAppend,
  searchBody,
  searchHeader,
  substitute,
  substituteHeader,
} from './search.ts';
import { checkSubstitution } from './substitution.ts';
import type { TextOps } from './textops.ts';
import { substituteUri, substituteUser } from './uriSubstitution.ts';

export const messageRoutes = ['request', 'onreply', 'failure', 'branch', 'branch_failure', 'onsend'] as const;

const pattern = arg.regex('re', 'POSIX extended regular expression, line by line, letter case aside');
const text = arg.string('txt', 'text to put there');
const substitution = arg.constant('subst', '`/re/repl/flags`; flags i, g, s', { check: checkSubstitution });
const wanted = arg.string('match', 'text to look for');
const replacement = arg.string('repl', 'text in its place');
const mode = arg.string('mode', '`f` the first place, `a` all', { check: checkMode });
const which = arg.string('flags', '`a` all headers of that name, `f` the first, `l` the last', {
  check: checkWhich,
});
const header = arg.string('hf', 'header name');

function checkMode(value: unknown): string | undefined {
  return /^[af]/i.test(String(value)) ? undefined : "expected 'a' or 'f'";
}

function checkWhich(value: unknown): string | undefined {
  return /^[afl]$/.test(String(value)) ? undefined : "expected 'a', 'f' or 'l'";
}

function checkWhole(value: unknown): string | undefined {
  const compiled = compilePosixRegex(String(value), 'i');
  return 'error' in compiled ? compiled.error : undefined;
}

type Functions = Readonly<Record<string, FunctionDeclaration<TextOps>>>;
const found = { 1: 'found', [-1]: 'not found' };

/** `search*`: look only. */
export function searchFunctions(signature: SignatureMaker<TextOps>): Functions {
  return {
    search: {
      doc: 'Does the message, as received, match?',
      routes: messageRoutes,
      returns: found,
      signatures: [
        signature({
          kemi: 'search',
          args: [pattern],
          run: (_self, context, re) => search(context.message, re),
        }),
      ],
    },
    search_body: {
      doc: 'Does the body, as received, match?',
      routes: messageRoutes,
      returns: found,
      signatures: [
        signature({
          kemi: 'search_body',
          args: [pattern],
          run: (_self, context, re) => searchBody(context.message, re),
        }),
      ],
    },
    search_str: {
      doc: 'Does a text match?',
      returns: found,
      signatures: [
        signature({
          kemi: 'search_str',
          args: [arg.string('text', 'text to search'), arg.string('re', 'regular expression')],
          run: (self, _context, subject, re) => (self.lineRegex(re)?.test(subject) === true ? 1 : -1),
        }),
      ],
    },
    search_hf: {
      doc: 'Does the body of a header match?',
      routes: messageRoutes,
      returns: found,
      signatures: [
        signature({
          kemi: 'search_hf',
          args: [header, pattern, which],
          run: (_self, context, name, re, flags) => searchHeader(context.message, name, re, flags),
        }),
      ],
    },
    search_append: {
      doc: 'Adds text behind the first match.',
      routes: messageRoutes,
      returns: found,
      signatures: [
        signature({
          kemi: 'search_append',
          args: [pattern, text],
          run: (self, { message }, re, added) =>
            searchAppend(self, message, re, behindStartLine(message), added),
        }),
      ],
    },
    search_append_body: {
      doc: 'Adds text behind the first match in the body.',
      routes: messageRoutes,
      returns: found,
      signatures: [
        signature({
          kemi: 'search_append_body',
          args: [pattern, text],
          run: (self, { message }, re, added) => searchAppend(self, message, re, bodyOf(message), added),
        }),
      ],
    },
  };
}

/** `replace*`: text in place of matches. */
export function replaceFunctions(signature: SignatureMaker<TextOps>): Functions {
  const byRegex = (
    doc: string,
    kemi: string,
    spanOf: typeof bodyOf,
    all: boolean,
  ): FunctionDeclaration<TextOps> => ({
    doc,
    routes: messageRoutes,
    returns: found,
    signatures: [
      signature({
        kemi,
        args: [pattern, text],
        run: (self, { message }, re, added) =>
          replaceMatches(self, message, re, spanOf(message), { text: added, all }),
      }),
    ],
  });
  const byText = (doc: string, kemi: string, spanOf: typeof bodyOf): FunctionDeclaration<TextOps> => ({
    doc: `${doc} True also when the text is nowhere.`,
    signatures: [
      signature({
        kemi,
        args: [wanted, replacement, mode],
        run: (_self, { message }, old, added, flags) =>
          replaceString(message, spanOf(message), old, added, flags),
      }),
    ],
  });
  return {
    replace: byRegex('Replaces the first match in headers and body.', 'replace', behindStartLine, false),
    replace_all: byRegex('Replaces all matches in headers and body.', 'replace_all', behindStartLine, true),
    replace_body: byRegex('Replaces the first match in the body.', 'replace_body', bodyOf, false),
    replace_body_all: byRegex('Replaces all matches in the body.', 'replace_body_all', bodyOf, true),
    replace_hdrs: byRegex('Replaces the first match in the headers.', 'replace_hdrs', headersOf, false),
    replace_body_atonce: {
      doc: 'Replaces all matches in the body; a dot matches line ends too.',
      routes: messageRoutes,
      returns: found,
      signatures: [
        signature({
          kemi: 'replace_body_atonce',
          args: [arg.constant('re', 'regular expression over the whole body', { check: checkWhole }), text],
          run: (self, { message }, re, added) => {
            const regex = self.wholeRegex(re);
            if (regex === undefined) return -1;
            return replaceMatches(self, message, regex, bodyOf(message), { text: added, all: true });
          },
        }),
      ],
    },
    replace_str: byText('Replaces a text in headers and body.', 'replace_str', behindStartLine),
    replace_body_str: byText('Replaces a text in the body.', 'replace_body_str', bodyOf),
    replace_hdrs_str: byText('Replaces a text in the headers.', 'replace_hdrs_str', headersOf),
  };
}

/** `subst*`: sed-like substitutions. */
export function substitutionFunctions(signature: SignatureMaker<TextOps>): Functions {
  const inMessage = (doc: string, kemi: string, spanOf: typeof bodyOf): FunctionDeclaration<TextOps> => ({
    doc,
    routes: messageRoutes,
    returns: found,
    signatures: [
      signature({
        kemi,
        args: [substitution],
        run: (self, context, expression) => {
          const parsed = self.substitution(expression);
          return parsed === undefined ? -1 : substitute(self, context, parsed, spanOf(context.message));
        },
      }),
    ],
  });
  const onUri = (doc: string, kemi: string, run: typeof substituteUri): FunctionDeclaration<TextOps> => ({
    doc,
    routes: messageRoutes,
    returns: found,
    signatures: [
      signature({
        kemi,
        args: [substitution],
        run: (self, context, expression) => run(self, context, expression),
      }),
    ],
  });
  return {
    subst: inMessage('Substitutes in headers and body.', 'subst', behindStartLine),
    subst_body: inMessage('Substitutes in the body.', 'subst_body', bodyOf),
    subst_uri: onUri('Substitutes in the Request-URI.', 'subst_uri', substituteUri),
    subst_user: onUri('Substitutes in the user of the Request-URI.', 'subst_user', substituteUser),
    subst_hf: {
      doc: 'Substitutes in the body of headers.',
      routes: messageRoutes,
      returns: found,
      signatures: [
        signature({
          kemi: 'subst_hf',
          args: [header, substitution, which],
          run: (self, context, name, expression, flags) => {
            const parsed = self.substitution(expression);
            return parsed === undefined ? -1 : substituteHeader(self, context, name, parsed, flags);
          },
        }),
      ],
    },
  };
}
