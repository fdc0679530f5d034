import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PvSyntax } from '../lang/catalogue.ts';
import { parseFormat } from '../lang/pvSyntax.ts';
import { type AnyModule, defineModule } from '../module/define.ts';
import { type LoadedModule, ModuleRegistry } from '../module/registry.ts';
import { contextOf, fakeHost, requestText } from '../module/testing.ts';
import core from './core/index.ts';
import { isProblem, PvBinder } from './pvBinding.ts';

const other = defineModule({
  name: 'other',
  summary: 'Has one of everything.',
  params: {},
  create: () => ({}),
  pvs: { thing: { doc: 'a thing', get: () => 'x' } },
  transformations: {
    'o.literal': {
      doc: 'its argument as written',
      minArgs: 1,
      maxArgs: 1,
      literal: true,
      bind:
        (_self, [only]) =>
        () =>
          only?.text ?? '',
    },
    'o.text': {
      doc: 'its argument, evaluated',
      minArgs: 1,
      maxArgs: 1,
      bind:
        (_self, [only]) =>
        (_value, context) =>
          only?.of(context) ?? null,
    },
  },
  selects: {
    mine: {
      doc: 'a select',
      bind: (_self, _first, rest) => (rest.length > 0 ? () => 'selected' : undefined),
    },
  },
});

function binderOf(...loaded: AnyModule[]): PvBinder {
  const registry = new ModuleRegistry([core, other], (module: LoadedModule) =>
    fakeHost({ startId: module.name }),
  );
  for (const module of loaded) assert.equal(registry.load(module.name), undefined);
  return new PvBinder(registry, parseFormat);
}

function read(binder: PvBinder, text: string): string {
  const [syntax] = parseFormat(text) as readonly PvSyntax[];
  assert.ok(typeof syntax === 'object', text);
  const bound = binder.bind(syntax);
  if (isProblem(bound)) return `problem: ${bound.message}`;
  return String(bound.get(contextOf(requestText())));
}

test('what belongs to a module that is not loaded is named with it', () => {
  const binder = binderOf(core);
  assert.equal(read(binder, '$thing'), "problem: $thing belongs to module 'other'");
  assert.equal(read(binder, '$(rc{o.text,a})'), "problem: {o.text} belongs to module 'other'");
  assert.equal(read(binder, '$sel(mine.x)'), "problem: @mine belongs to module 'other'");
  assert.equal(read(binder, '$nothing'), 'problem: unknown pseudo-variable $nothing');
  assert.equal(read(binder, '$(rc{x.y})'), 'problem: unknown transformation {x.y}');
  assert.equal(read(binder, '$sel(nothing.x)'), 'problem: unknown select @nothing.x');
});

test('selects of modules come before those of the core', () => {
  const binder = binderOf(core, other);
  assert.equal(read(binder, '$sel(mine.x)'), 'selected');
  assert.equal(read(binder, '$sel(mine)'), 'problem: unknown select @mine');
  assert.equal(read(binder, '$sel(method)'), 'INVITE');
});

test('arguments of transformations are evaluated, unless they are literal', () => {
  const binder = binderOf(core, other);
  assert.equal(read(binder, '$(rc{o.text,a$thing-b})'), 'ax-b');
  assert.equal(read(binder, '$(rc{o.text,$null})'), 'null');
  assert.equal(read(binder, '$(rc{o.literal,/x$/y/})'), '/x$/y/');
});

test('$null shows as <null> in longer texts', () => {
  const format = binderOf(core).format('[$null]');
  assert.equal(typeof format === 'function' ? format(contextOf(requestText())) : '', '[<null>]');
});
