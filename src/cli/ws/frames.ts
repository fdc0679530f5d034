import { ClientFailure } from '../../client/failure.ts';
import { renderTemplate } from '../../client/template/render.ts';
import { Variables } from '../../client/template/variables.ts';
import type { ClientProgram } from '../clientProgram.ts';
import { UsageError } from '../options.ts';
import type { GivenOptions } from '../optionTable.ts';
import { bytesOf } from '../send/bytes.ts';
import type { WsOption } from './options.ts';

export type WsGiven = GivenOptions<WsOption>;

/** The frames that the options describe, latin1, in the order texts, files, template. */
export function framesOf(given: WsGiven, program: ClientProgram): string[] {
  const frames = given.list('send').map(bytesOf);
  for (const path of given.list('file')) frames.push(program.readFile(path));
  const template = given.text('template');
  if (template !== undefined) frames.push(filled(program.readFile(template), given, program));
  return frames;
}

function filled(template: string, given: WsGiven, program: ClientProgram): string {
  const { clock, entropy } = program.clientPorts();
  const { pid, environment } = program;
  const variables = new Variables({ clock, entropy, pid, environment });
  const fields: Record<string, unknown> = { cr: '\r', lf: '\n', tab: '\t' };
  for (const [name, value] of Object.entries({ ...fieldsFile(given, program), ...fieldValues(given) })) {
    fields[name] = typeof value === 'string' ? variables.evaluate(value) : value;
  }
  const text = renderTemplate(template, fields).replace(/\$rmeol\r?\n/g, '');
  // what is SIP must have the line ends of SIP
  return / SIP\/2\.0\r?\n/.test(text) ? text.replace(/\r?\n/g, '\r\n') : text;
}

function fieldsFile(given: WsGiven, program: ClientProgram): Record<string, unknown> {
  const path = given.text('fields');
  if (path === undefined) return {};
  try {
    return JSON.parse(program.readFile(path)) as Record<string, unknown>;
  } catch (error) {
    throw new ClientFailure(
      'usage',
      `-fields ${path}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function fieldValues(given: WsGiven): Record<string, unknown> {
  const pairs = given.list('field-val').map((text) => {
    const colon = text.indexOf(':');
    if (colon < 1) throw new UsageError(`--field-val ${text}: wants NAME:VALUE`);
    return [text.slice(0, colon), bytesOf(text.slice(colon + 1))] as const;
  });
  return Object.fromEntries(pairs);
}
