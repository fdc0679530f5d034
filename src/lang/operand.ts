import type { Value } from './catalogue.ts';
import { textToInt } from './operators.ts';

/**
 * A piece of generated JavaScript and what is known of its value. `bool` is a JavaScript boolean that means
 * 1 or 0; `result` is the return code of a function, 1 in an expression when positive, else 0; `returned` is one
 * that stays the number it is (`return_mode = 1`), true unless 0.
 */
export interface Operand {
  readonly code: string;
  readonly type: 'int' | 'string' | 'any' | 'bool' | 'result' | 'returned';
  /** The value, where it is known; not set for null by a missing property but by `null` itself. */
  readonly constant?: Value;
}

export function constantOperand(value: Value): Operand {
  const type = typeof value === 'number' ? 'int' : typeof value === 'string' ? 'string' : 'any';
  return { code: literal(value), type, constant: value };
}

function literal(value: Value): string {
  if (typeof value === 'number') return value < 0 ? `(${value})` : String(value);
  return JSON.stringify(value);
}

/** Code of the value as an integer. */
export function asInt(operand: Operand): string {
  const { code, type, constant } = operand;
  if (constant !== undefined) return typeof constant === 'number' ? code : literal(constantInt(constant));
  switch (type) {
    case 'int':
    case 'returned':
      return code;
    case 'bool':
      return `(${code} ? 1 : 0)`;
    case 'result':
      return `(${code} > 0 ? 1 : 0)`;
    default:
      return `toInt(${code})`;
  }
}

export function constantInt(value: Value): number {
  if (typeof value === 'number') return value;
  return value === null ? 0 : textToInt(value);
}

/** Code of the value as text; null is empty. */
export function asText(operand: Operand): string {
  const { code, type, constant } = operand;
  if (constant !== undefined) return JSON.stringify(constant === null ? '' : String(constant));
  switch (type) {
    case 'string':
      return code;
    case 'int':
    case 'returned':
      return `String(${code})`;
    case 'bool':
      return `(${code} ? "1" : "0")`;
    case 'result':
      return `(${code} > 0 ? "1" : "0")`;
    default:
      return `toText(${code})`;
  }
}

/** Code of the value as it is, return codes included: what an assignment takes. */
export function asValue(operand: Operand): string {
  return operand.type === 'bool' ? `(${operand.code} ? 1 : 0)` : operand.code;
}

/** The same as operand of an operator, where a return code is 1 or 0. */
export function asOperandValue(operand: Operand): string {
  return operand.type === 'result' ? asInt(operand) : asValue(operand);
}

/** `if (x)`: a positive number is true. */
export function asCondition(operand: Operand): string {
  if (operand.type === 'bool') return operand.code;
  if (operand.type === 'returned') return `${operand.code} !== 0`;
  return operand.type === 'result' ? `${operand.code} > 0` : `${asInt(operand)} > 0`;
}

/** `!x`, `x && y`, `while (x)`: any number but 0 is true; return codes still when positive. */
export function asNonZero(operand: Operand): string {
  if (operand.type === 'bool') return operand.code;
  return operand.type === 'result' ? `${operand.code} > 0` : `${asInt(operand)} !== 0`;
}
