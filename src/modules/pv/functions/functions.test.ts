import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Value, VariableRef } from '../../../lang/catalogue.ts';
import type { ScriptContext } from '../../../module/context.ts';
import { RpcFault, RpcStruct } from '../../../module/rpc.ts';
import { contextOf, fakeHost, ModuleUnderTest, requestText } from '../../../module/testing.ts';
import pv from '../index.ts';

/** A reference to a variable, as the language hands it over. */
function ref(under: ModuleUnderTest, text: string): VariableRef {
  const binding = under.bind(text);
  return {
    text,
    writable: binding.set !== undefined,
    get: (context) => binding.get(context as ScriptContext),
    set: (context, value) => binding.set?.(context as ScriptContext, value, '='),
  };
}

function setup() {
  const under = new ModuleUnderTest(pv);
  const context = contextOf(requestText());
  return {
    under,
    context,
    set: (text: string, value: Value) => under.assign(text, context, value),
    get: (text: string) => under.read(text, context),
    call: (name: string, ...args: unknown[]) => under.call(name, context, ...args),
    ref: (text: string) => ref(under, text),
  };
}

test('what a variable holds', () => {
  const { call, set, ref: of } = setup();
  set('$var(v1)', 3);
  set('$var(v2)', 'two');
  set('$var(em)', '');
  assert.equal(call('pv_isset', of('$avp(none)')), -1);
  assert.equal(call('pv_isset', of('$var(v1)')), 1);
  assert.deepEqual([call('is_int', of('$var(v1)')), call('is_int', of('$var(v2)'))], [1, -1]);
  assert.deepEqual(
    ['$var(v2)', '$var(v1)', '$var(em)'].map((name) => call('not_empty', of(name))),
    [1, -1, -1],
  );
  assert.deepEqual(
    [
      call('typeof', of('$var(v1)'), 'int'),
      call('typeof', of('$var(v1)'), 'str'),
      call('typeof', of('$avp(none)'), 'null'),
    ],
    [1, -1, 1],
  );
});

test('pv_unset takes one value away', () => {
  const { call, set, get, ref: of } = setup();
  set('$avp(q)', 1);
  set('$avp(q)', 2);
  assert.equal(call('pv_unset', of('$avp(q)')), 1);
  assert.equal(get('$avp(q)'), 1);
  assert.equal(call('pv_unset', of('$rm')), -1);
});

test('xavp_copy appends behind the others, or replaces one', () => {
  const { call, set, get } = setup();
  set('$xavp(a=>x)', 'a0x');
  set('$xavp(a[0]=>y)', 'a0y');
  set('$xavp(a=>x)', 'a1x');
  assert.equal(call('xavp_copy', 'a', 1, 'b'), 1);
  assert.deepEqual([get('$xavp(b[0]=>x)'), get('$xavp(b[0]=>y)')], ['a0x', 'a0y']);
  assert.equal(call('xavp_copy', 'a', 0, 'b'), 1);
  assert.deepEqual([get('$xavp(b[0]=>x)'), get('$xavp(b[1]=>x)')], ['a0x', 'a1x']);
  assert.equal(call('xavp_copy', 'a', 7, 'b'), -1);
  assert.equal(call('xavp_copy', 'a', 1, 'a', 0), 1);
  assert.deepEqual([get('$xavp(a[0]=>x)'), get('$xavp(a[1]=>x)')], ['a0x', 'a0x']);
  assert.equal(call('xavp_copy', 'a', 0, 'zz', 0), -1);
  set('$xavp(a[0]=>x)', 'changed');
  assert.equal(get('$xavp(b[0]=>x)'), 'a0x');
});

test('children are set in place and removed', () => {
  const { call, get } = setup();
  assert.equal(call('xavp_child_seti', 'c', 'y', 10), 1);
  assert.equal(call('xavp_child_seti', 'c', 'y', 11), 1);
  assert.equal(call('xavp_child_sets', 'c', 'z', 'text'), 1);
  assert.deepEqual([get('$xavp(c=>y)'), get('$xavp(c=>z)'), get('$cnt(xavp(c))')], [11, 'text', 1]);
  call('xavi_child_sets', 'Ci', 'Z', 'v');
  call('xavi_child_seti', 'cI', 'q', 3);
  assert.deepEqual([get('$xavi(ci=>z)'), get('$xavi(CI=>Q)')], ['v', 3]);
  assert.equal(call('xavp_child_rm', 'c', 'y'), 1);
  assert.equal(get('$xavp(c=>y)'), null);
  assert.equal(call('xavp_child_rm', 'nope', 'nope'), 1);
  assert.equal(call('xavp_rm', 'c'), 1);
  assert.equal(get('$xavp(c=>z)'), null);
  call('xavi_child_rm', 'ci', 'Z');
  call('xavi_rm', 'CI');
  assert.equal(get('$xavi(ci=>q)'), null);
});

test('script variables into an XAVP and back', () => {
  const { call, set, get } = setup();
  set('$var(v1)', 3);
  set('$var(v2)', 'two');
  set('$vn(hidden)', 'x');
  assert.equal(call('pv_var_to_xavp', 'v1', 'ok'), 1);
  assert.deepEqual([get('$xavp(ok[0]=>v1)'), get('$xavp(ok=>v2)')], [3, null]);
  assert.equal(call('pv_var_to_xavp', '*', 'ok'), 1);
  assert.deepEqual([get('$xavp(ok[0]=>v2)'), get('$cnt(xavp(ok))')], ['two', 1]);
  assert.equal(call('pv_var_to_xavp', 'nope', 'ok2'), -1);
  set('$var(v1)', 0);
  assert.equal(call('pv_xavp_to_var', 'ok'), 1);
  assert.equal(get('$var(v1)'), 3);
  assert.equal(call('pv_xavp_to_var', 'nope'), -1);
});

test('parameter and token lists', () => {
  const { call, get, ref: of } = setup();
  assert.equal(call('xavp_params_explode', 'a=b;c=d;e="f g";h', 'px'), 1);
  assert.deepEqual(['$xavp(px=>a)', '$xavp(px=>e)', '$xavp(px=>h)'].map(get), ['b', 'f g', '']);
  assert.equal(call('xavp_params_implode', 'px', of('$var(out)')), 1);
  assert.equal(get('$var(out)'), 'a=b;c=d;e=f g;h;');
  assert.equal(call('xavp_params_implode', 'nopx', of('$var(out)')), -1);
  assert.equal(call('xavp_params_explode', '', 'px2'), -1);
  assert.equal(call('xavu_params_explode', 'a=1;b=2', 'ux'), 1);
  assert.equal(call('xavu_params_implode', 'ux', of('$var(out)')), 1);
  assert.deepEqual([get('$var(out)'), get('$xavu(ux=>a)')], ['a=1;b=2;', '1']);
  assert.equal(call('xavp_slist_explode', 'a=b; c=d;', '=;', 't', 'sl'), 1);
  assert.deepEqual(
    [get('$xavp(sl[0]=>v[0])'), get('$xavp(sl[0]=>v[2])'), get('$cnt(xavp(sl[0]=>v))')],
    ['a', 'c', 4],
  );
  assert.equal(call('xavp_slist_explode', 'a=b; c=d;', '=;', '', 'raw'), 1);
  assert.equal(get('$xavp(raw[0]=>v[2])'), ' c');
});

test('the static branch is filled, appended, made the first one', () => {
  const { call, set, get, context } = setup();
  assert.equal(call('sbranch_append'), -1);
  set('$sbranch(uri)', 'sip:s@b');
  set('$sbranch(dst_uri)', 'sip:1.1.1.1');
  set('$sbranch(q)', 50);
  set('$sbranch(flags)', 3);
  assert.equal(call('sbranch_append'), 1);
  set('$sbranch(uri)', 'sip:other@b');
  assert.deepEqual(['$branch(uri)', '$branch(dst_uri)', '$branch(q)', '$branch(flags)'].map(get), [
    'sip:s@b',
    'sip:1.1.1.1',
    50,
    3,
  ]);
  assert.equal(call('sbranch_set_ruri'), 1);
  assert.deepEqual(['$ru', '$du', '$bf'].map(get), ['sip:other@b', 'sip:1.1.1.1', 3]);
  call('sbranch_reset');
  assert.equal(call('sbranch_set_ruri'), -1);
  assert.equal(context.branches.length, 1);
});

test('pv_evalx evaluates the result once more', () => {
  const host = fakeHost({
    formats: {
      text: (format) => {
        if (format.includes('$foo')) throw new Error('unknown');
        return () => format.replace('$var(x)', 'test');
      },
      variable: () => assert.fail('not asked for'),
    },
  });
  const under = new ModuleUnderTest(pv, host);
  const context = contextOf(requestText());
  assert.equal(under.call('pv_evalx', context, ref(under, '$var(z)'), '$var(x) one'), 1);
  assert.equal(under.read('$var(z)', context), 'test one');
  assert.equal(under.call('pv_evalx', context, ref(under, '$var(z)'), '$foo bad'), -1);
});

test('pv_xavp_print logs names and values', () => {
  const { under, call, set } = setup();
  set('$xavp(a=>x)', 1);
  assert.equal(call('pv_xavp_print'), 1);
  assert.deepEqual(under.host.log.lines, ['xavp: a =>', 'xavp:   x = 1']);
});

test('shared variables over RPC', async () => {
  const { under, get } = setup();
  assert.deepEqual(await under.rpc('pv.shvSet', 'debug', 'int', '3'), ['Ok. Variable set to new value.']);
  assert.equal(get('$shv(debug)'), 3);
  assert.deepEqual(await under.rpc('pv.shvGet', 'debug'), [
    new RpcStruct({ name: 'debug', type: 'int', value: 3 }),
  ]);
  assert.deepEqual(await under.rpc('pv.shvGet', 'nope'), new RpcFault(404, 'Variable not found'));
  assert.ok((await under.rpc('pv.shvSet', 'x', 'foo', '3')) instanceof RpcFault);
  const [all] = (await under.rpc('pv.shvGet')) as [RpcStruct];
  assert.equal(all.members[0]?.name, 'items');
});
