import { compilePosixRegex } from '../../base/posixRegex.ts';
import { arg, type FunctionDeclaration, type SignatureMaker } from '../../module/define.ts';
import { equalsIgnoreCase } from '../../sip/scan.ts';
import { checkMethods, isMethod } from './methods.ts';
import { messageRoutes } from './searchFunctions.ts';
import { checkSeparator, findString, hasPrefixInList, isInList, truth } from './strings.ts';
import type { TextOps } from './textops.ts';
import { findToken } from './token.ts';

type Functions = Readonly<Record<string, FunctionDeclaration<TextOps>>>;

const first = arg.string('str1', 'a text');
const second = arg.string('str2', 'another text');
const listArguments = [
  arg.string('subject', 'text to look for'),
  arg.string('list', 'elements between separators'),
  arg.string('separator', 'one character', { check: checkSeparator }),
] as const;

export function stringFunctions(signature: SignatureMaker<TextOps>): Functions {
  const comparing = (
    doc: string,
    kemi: string,
    compare: (a: string, b: string) => number,
  ): FunctionDeclaration<TextOps> => ({
    doc,
    signatures: [signature({ kemi, args: [first, second], run: (_self, _context, a, b) => compare(a, b) })],
  });
  return {
    cmp_str: comparing('Are two texts equal?', 'cmp_str', (a, b) => truth(a === b)),
    cmp_istr: comparing('Are two texts equal, letter case aside?', 'cmp_istr', (a, b) =>
      truth(equalsIgnoreCase(a, b)),
    ),
    starts_with: comparing('Does the first text begin with the second?', 'starts_with', (a, b) =>
      truth(a.startsWith(b)),
    ),
    ends_with: comparing('Does the first text end with the second?', 'ends_with', (a, b) =>
      truth(a.endsWith(b)),
    ),
    str_find: comparing('Where is the second text in the first, counted from 1?', 'str_find', findString),
    str_ifind: comparing('Like str_find, letter case aside.', 'str_ifind', (a, b) =>
      findString(a.toLowerCase(), b.toLowerCase()),
    ),
    in_list: {
      doc: 'Is a text an element of a list?',
      signatures: [
        signature({
          kemi: 'in_list',
          args: listArguments,
          run: (_self, _context, subject, list, separator) => isInList(subject, list, separator),
        }),
      ],
    },
    in_list_prefix: {
      doc: 'Is an element of a list a prefix of a text?',
      signatures: [
        signature({
          kemi: 'in_list_prefix',
          args: listArguments,
          run: (_self, _context, subject, list, separator) => hasPrefixInList(subject, list, separator),
        }),
      ],
    },
    is_method: {
      doc: 'Is the method one of these? For responses, that of CSeq.',
      routes: messageRoutes,
      signatures: [
        signature({
          args: [arg.constant('name', '`METHOD1|METHOD2|...`', { check: checkMethods })],
          run: (_self, { message }, names) => isMethod(message, names),
        }),
      ],
    },
    regex_substring: {
      doc: 'Writes the part of a text that a group of an expression matches to a variable.',
      returns: { 1: 'written', [-1]: 'malformed expression or index', [-2]: 'no match' },
      signatures: [
        signature({
          kemi: 'regex_substring',
          args: [
            arg.string('itext', 'text to search'),
            arg.string('regexp', 'regular expression, letter case matters', { check: checkToken }),
            arg.int('mindex', 'which match: 0 the whole, 1 the first group'),
            arg.int('mcount', 'number of matches to look at'),
            arg.variable('dpv', 'variable for the part'),
          ],
          run: (self, context, text, regexp, index, count, variable) => {
            const token = findToken(self, text, regexp, index, count);
            if (typeof token === 'number') return token;
            variable.set(context, token);
            return 1;
          },
        }),
      ],
    },
  };
}

function checkToken(value: unknown): string | undefined {
  const compiled = compilePosixRegex(String(value));
  return 'error' in compiled ? compiled.error : undefined;
}
