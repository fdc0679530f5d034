import { compilePosixRegex } from '../../base/posixRegex.ts';

export type TextTest = (text: string) => boolean;

/** A regular expression as a test; undefined when it is malformed. */
function regexTest(pattern: string): TextTest | undefined {
  const compiled = compilePosixRegex(pattern);
  if ('error' in compiled) return undefined;
  const { regex } = compiled;
  return (text) => regex.test(text);
}

/** `op` of sht_rm_name and its kin; undefined for an unknown one or a malformed expression. */
export function operatorTest(operator: string, value: string): TextTest | undefined {
  switch (operator.toLowerCase()) {
    case 'eq':
      return (text) => text === value;
    case 'ne':
      return (text) => text !== value;
    case 're':
      return regexTest(value);
    case 'sw':
      return (text) => text.startsWith(value);
    case 'ew':
      return (text) => text.endsWith(value);
    default:
      return undefined;
  }
}

/** What `$shtcn` and `$shtcv` count: `of` takes a name, or the value of an item. */
export interface CountTest {
  matches(of: string | number): boolean;
}

/**
 * `**` all, `~~regex`, `~%end`, `%~beginning`, `==text`, `eqnumber`, or a bare regular expression. Numbers are only met
 * by `eq` and `**`, as in Kamailio. undefined when it is malformed.
 */
export function countTest(expression: string): CountTest | undefined {
  const rest = expression.slice(2);
  switch (expression.slice(0, 2)) {
    case '**':
      return { matches: () => true };
    case '==':
      return ofText((text) => text === rest);
    case '~%':
      return ofText((text) => text.endsWith(rest));
    case '%~':
      return ofText((text) => text.startsWith(rest));
    case 'eq': {
      const number = Number(rest);
      return { matches: (of) => of === number };
    }
    case '~~':
      return ofText(regexTest(rest));
    default:
      return ofText(regexTest(expression));
  }
}

function ofText(test: TextTest | undefined): CountTest | undefined {
  return test === undefined ? undefined : { matches: (of) => typeof of === 'string' && test(of) };
}
