import type {
  AnyModule,
  Argument,
  FunctionDeclaration,
  ParamDeclaration,
  PvDeclaration,
  RpcDeclaration,
  Signature,
} from './define.ts';
import { functionsOf } from './registry.ts';

/** Reference pages as a pure projection of the declarations. `npm run docs` writes them; a test holds them true. */

export function moduleReference(module: AnyModule): string {
  const sections = [
    `# ${module.name}\n\n${module.summary}\n`,
    module.requires === undefined
      ? ''
      : `Needs: ${module.requires.map((name) => `[${name}](${name}.md)`).join(', ')}.\n`,
    section('Parameters', paramTable(module)),
    section('Functions', functionList(module)),
    section('Pseudo-variables', variableTable(module.pvs)),
    section('Transformations', transformationTable(module)),
    section('RPC', rpcList(module.rpc)),
    section(
      'Event routes',
      (module.events ?? []).map((event) => `- \`event_route[${event.name}]\`: ${event.doc}`).join('\n'),
    ),
    section('Statistics', statisticTable(module)),
  ];
  return `${sections.filter((text) => text !== '').join('\n')}`;
}

function section(title: string, body: string): string {
  return body === '' ? '' : `## ${title}\n\n${body}\n`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function paramTable(module: AnyModule): string {
  const rows = Object.entries(module.params).map(([name, param]) => [
    `\`${name}\``,
    param.type === 'meaningless' ? 'accepted' : param.type,
    defaultText(param),
    param.type === 'meaningless' ? `${param.doc} Without effect here: ${param.because}.` : paramDoc(param),
  ]);
  return table(['parameter', 'type', 'default', 'meaning'], rows);
}

function paramDoc(param: ParamDeclaration): string {
  const range =
    param.type === 'int' && (param.min !== undefined || param.max !== undefined)
      ? ` (${param.min ?? '…'} to ${param.max ?? '…'})`
      : '';
  return `${param.doc}${range}${param.runtime === true ? ' May be changed while running.' : ''}`;
}

function defaultText(param: ParamDeclaration): string {
  if (param.type === 'list') return param.default.length === 0 ? 'none' : `\`${param.default.join(', ')}\``;
  return param.default === '' ? '`""`' : `\`${param.default}\``;
}

function functionList(module: AnyModule): string {
  return Object.entries(functionsOf(module))
    .map(([name, declaration]) => functionEntry(name, declaration))
    .join('\n\n');
}

function functionEntry(name: string, declaration: FunctionDeclaration<unknown>): string {
  const lines = [`### ${name}`, '', declaration.doc, ''];
  for (const signature of declaration.signatures) lines.push(...signatureLines(name, signature));
  if (declaration.aliases !== undefined)
    lines.push(`- also: ${declaration.aliases.map((alias) => `\`${alias}\``).join(', ')}`);
  if (declaration.routes !== undefined) lines.push(`- in: ${declaration.routes.join(', ')} routes`);
  for (const [code, meaning] of Object.entries(declaration.returns ?? {}))
    lines.push(`- returns ${code}: ${meaning}`);
  return lines.join('\n');
}

function signatureLines(name: string, signature: Signature<unknown>): string[] {
  const kemi = signature.kemi === undefined ? '' : ` (KEMI: \`${signature.kemi}\`)`;
  const waits = signature.waits === false ? '' : ' · may wait without blocking';
  const args = signature.args
    .map((argument) => (argument.optional ? `[${argument.name}]` : argument.name))
    .join(', ');
  return [`- \`${name}(${args})\`${kemi}${waits}`, ...signature.args.map(argumentLine)];
}

function argumentLine(argument: Argument): string {
  return `  - \`${argument.name}\` (${argument.kind}): ${argument.doc}`;
}

function variableTable(pvs: Readonly<Record<string, PvDeclaration<unknown>>> | undefined): string {
  const rows = Object.entries(pvs ?? {}).map(([name, pv]) => [`\`${variableForm(name, pv)}\``, pv.doc]);
  return table(['variable', 'meaning'], rows);
}

function variableForm(name: string, pv: PvDeclaration<unknown>): string {
  const inner = pv.inner === 'required' ? '(name)' : pv.inner === 'optional' ? '[(name)]' : '';
  return `$${name}${inner}${pv.index === true ? '[index]' : ''}`;
}

function transformationTable(module: AnyModule): string {
  const rows = Object.entries(module.transformations ?? {}).map(([name, { doc, minArgs, maxArgs }]) => [
    `\`{${name}}\``,
    minArgs === maxArgs ? String(minArgs) : `${minArgs} to ${maxArgs}`,
    doc,
  ]);
  return table(['transformation', 'arguments', 'meaning'], rows);
}

function rpcList(methods: Readonly<Record<string, RpcDeclaration<unknown>>> | undefined): string {
  return Object.entries(methods ?? {})
    .map(([name, method]) => {
      const args = (method.args ?? []).map(({ name: arg, optional, rest }) =>
        rest ? `${arg}...` : optional ? `[${arg}]` : arg,
      );
      return `- \`${[name, ...args].join(' ')}\`: ${method.doc}`;
    })
    .join('\n');
}

function statisticTable(module: AnyModule): string {
  const rows = Object.entries(module.statistics ?? {}).map(([name, { group, doc }]) => [
    `\`${group ?? module.name}:${name}\``,
    doc,
  ]);
  return table(['statistic', 'meaning'], rows);
}

/** One table over all modules: what there is, by counts. */
export function moduleStatus(modules: readonly AnyModule[]): string {
  const rows = [...modules]
    .sort((a, b) => a.name.localeCompare(b.name))
    .map((module) => [
      `[${module.name}](reference/${module.name}.md)`,
      module.summary,
      ...[module.params, functionsOf(module), module.pvs, module.rpc, module.statistics].map((part) =>
        String(Object.keys(part ?? {}).length),
      ),
    ]);
  return table(['module', 'what it does', 'parameters', 'functions', 'variables', 'RPC', 'statistics'], rows);
}

/** All pseudo-variables and transformations, with the module that brings them. */
export function variableOverview(modules: readonly AnyModule[]): string {
  const variables = modules.flatMap((module) =>
    Object.entries(module.pvs ?? {}).map(([name, pv]) => [
      `\`${variableForm(name, pv)}\``,
      module.name,
      pv.set !== undefined || pv.bind !== undefined ? '' : 'read',
      pv.doc,
    ]),
  );
  const transformations = modules.flatMap((module) =>
    Object.entries(module.transformations ?? {}).map(([name, { doc }]) => [
      `\`{${name}}\``,
      module.name,
      doc,
    ]),
  );
  return `# Pseudo-variables and transformations

${table(['variable', 'module', '', 'meaning'], variables)}

## Transformations

${table(['transformation', 'module', 'meaning'], transformations)}
`;
}
