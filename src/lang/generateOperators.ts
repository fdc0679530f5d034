import { asInt, asOperandValue, asText, constantInt, type Operand } from './operand.ts';

/** `==` and `!=`: the left side's type decides (operators.ts); what is known of it makes plainer code. */
export function equality(left: Operand, right: Operand, negated: boolean): Operand {
  if (right.constant === null) return definedness(left, negated);
  if (right.constant === '' && !negated && left.constant === undefined) {
    return { code: `(${asText(left)} === "")`, type: 'bool' };
  }
  const sign = negated ? '!==' : '===';
  if (left.type === 'string') return { code: `(${left.code} ${sign} ${asText(right)})`, type: 'bool' };
  if (left.type !== 'any') return { code: `(${asInt(left)} ${sign} ${asInt(right)})`, type: 'bool' };
  return { code: `${negated ? '!' : ''}${equalityOfAny(left, right)}`, type: 'bool' };
}

/** `x == $null` asks whether x is there; numbers and strings always are. */
function definedness(left: Operand, negated: boolean): Operand {
  if (left.type !== 'any') return { code: String(negated), type: 'bool' };
  return { code: `(${left.code} ${negated ? '!==' : '==='} null)`, type: 'bool' };
}

function equalityOfAny(left: Operand, right: Operand): string {
  const { constant } = right;
  if (typeof constant === 'string') return `equalText(${left.code}, ${right.code}, ${constantInt(constant)})`;
  if (typeof constant === 'number') return `equalInt(${left.code}, ${right.code}, "${constant}")`;
  return `equal(${left.code}, ${asOperandValue(right)})`;
}

/** `+`: numbers add, strings are concatenated, by the type of the left side. */
export function sum(left: Operand, right: Operand): Operand {
  if (left.type === 'string') return { code: `(${left.code} + ${asText(right)})`, type: 'string' };
  if (left.type !== 'any') return { code: `(${asInt(left)} + ${asInt(right)})`, type: 'int' };
  return { code: `add(${left.code}, ${asOperandValue(right)})`, type: 'any' };
}

const signs = { ieq: '===', ine: '!==', '<': '<', '>': '>', '<=': '<=', '>=': '>=' } as const;

/** Numbers on both sides, whatever they were. */
export function comparison(operator: keyof typeof signs, left: Operand, right: Operand): Operand {
  return { code: `(${asInt(left)} ${signs[operator]} ${asInt(right)})`, type: 'bool' };
}
