import { arg, type FunctionDeclaration, type SignatureMaker } from '../../module/define.ts';
import { checkPlace, checkReference } from './reference.ts';
import type { TextOpsX } from './textopsx.ts';
import {
  appendValue,
  assignValue,
  excludeValue,
  hasValue,
  includeValue,
  insertValue,
  listStyle,
  removeValue,
  wholeStyle,
} from './valueOperations.ts';

type Functions = Readonly<Record<string, FunctionDeclaration<TextOpsX>>>;

const place = arg.string('hf', '`HFNAME` or `HFNAME[IDX]`', { check: checkPlace });
const reference = arg.string('hf', '`HFNAME`, `HFNAME[IDX]`, `HFNAME[IDX].PARAM`; `*` for all', {
  check: checkReference,
});
const name = arg.string('hf', 'header name');
const value = arg.string('hvalue', 'the value');
const found = { 1: 'done', [-1]: 'there is no such value' };

export function valueFunctions(signature: SignatureMaker<TextOpsX>): Functions {
  return {
    append_hf_value: {
      doc: 'Adds a value behind a value of a header; without index or such a value, as a new header.',
      signatures: [
        signature({
          kemi: 'append_hf_value',
          args: [place, value],
          run: (_self, { message }, hf, text) => appendValue(message, hf, text),
        }),
      ],
    },
    insert_hf_value: {
      doc: 'Adds a value before a value of a header; without index as a header before the first one.',
      returns: found,
      signatures: [
        signature({
          kemi: 'insert_hf_value',
          args: [place, value],
          run: (_self, { message }, hf, text) => insertValue(message, hf, text),
        }),
      ],
    },
    remove_hf_value: {
      doc: 'Removes a value of a header, or a `;` parameter of it.',
      returns: found,
      signatures: [
        signature({
          kemi: 'remove_hf_value',
          args: [reference],
          run: (_self, { message }, hf) => removeValue(message, hf, listStyle),
        }),
      ],
    },
    remove_hf_value2: {
      doc: 'Like remove_hf_value where commas separate parameters (Authorization).',
      returns: found,
      signatures: [
        signature({
          kemi: 'remove_hf_value2',
          args: [reference],
          run: (_self, { message }, hf) => removeValue(message, hf, wholeStyle),
        }),
      ],
    },
    assign_hf_value: {
      doc: 'Replaces a value of a header, or sets a `;` parameter of it; an empty value leaves the bare name.',
      returns: found,
      signatures: [
        signature({
          kemi: 'assign_hf_value',
          args: [reference, value],
          run: (_self, { message }, hf, text) => assignValue(message, hf, text, listStyle),
        }),
      ],
    },
    assign_hf_value2: {
      doc: 'Like assign_hf_value where commas separate parameters (Authorization).',
      returns: found,
      signatures: [
        signature({
          kemi: 'assign_hf_value2',
          args: [reference, value],
          run: (_self, { message }, hf, text) => assignValue(message, hf, text, wholeStyle),
        }),
      ],
    },
    include_hf_value: {
      doc: 'Adds a value to a list header such as Supported, unless it is there.',
      signatures: [
        signature({
          kemi: 'include_hf_value',
          args: [name, value],
          run: (_self, { message }, hf, text) => includeValue(message, hf, text),
        }),
      ],
    },
    exclude_hf_value: {
      doc: 'Removes a value from a list header such as Supported.',
      signatures: [
        signature({
          kemi: 'exclude_hf_value',
          args: [name, value],
          run: (_self, { message }, hf, text) => excludeValue(message, hf, text),
        }),
      ],
    },
    hf_value_exists: {
      doc: 'Is a value in a list header such as Supported? Underscores of the name stand for dashes.',
      signatures: [
        signature({
          kemi: 'hf_value_exists',
          args: [name, value],
          run: (_self, { message }, hf, text) =>
            hasValue(message, hf, text) || hasValue(message, hf.replaceAll('_', '-'), text) ? 1 : -1,
        }),
      ],
    },
  };
}
