import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PvSyntax } from './catalogue.ts';
import { parseFormat, parsePv } from './pvSyntax.ts';

/** `name(inner)[index]{tr}...`, nested variables in `<>`. */
function show(pv: PvSyntax): string {
  const inner = pv.innerParts ? pv.innerParts.map(showPart).join('') : pv.inner;
  const index = typeof pv.index === 'object' ? `<${show(pv.index)}>` : pv.index;
  return [
    pv.name,
    inner === undefined ? '' : `(${inner})`,
    index === undefined ? '' : `[${index}]`,
    ...pv.transformations.map((text) => `{${text}}`),
  ].join('');
}

function showPart(part: string | PvSyntax): string {
  return typeof part === 'string' ? part : `<${show(part)}>`;
}

const variables: readonly [text: string, expected: string][] = [
  ['$ru', 'ru'],
  ['$?', '?'],
  ['$T_branch_idx', 'T_branch_idx'],
  ['$var(x)', 'var(x)'],
  ['$avp(s:a b)', 'avp(s:a b)'],
  ['$(ru)', 'ru'],
  ['$(ru{uri.user})', 'ru{uri.user}'],
  ['$(hdr(Via)[0]{param.value,branch}{s.len})', 'hdr(Via)[0]{param.value,branch}{s.len}'],
  ['$(avp(x)[*])', 'avp(x)[*]'],
  ['$(avp(x)[-1])', 'avp(x)[-1]'],
  ['$(avp(x)[$var(i)])', 'avp(x)[<var(i)>]'],
  ['$(branch(uri)[$(var(i){s.int})])', 'branch(uri)[<var(i){s.int}>]'],
  ['$avp($var(x))', 'avp(<var(x)>)'],
  ['$sht(a=>x::$si:$sp)', 'sht(a=>x::<si>:<sp>)'],
  ['$xavp(a[0]=>b[$var(i)]=>c)', 'xavp(a[0]=>b[<var(i)>]=>c)'],
  ['$(var(x){re.subst,/^(a{2})$/\\1/g})', 'var(x){re.subst,/^(a{2})$/\\1/g}'],
  ['$(var(x){s.select,$(var(y){s.len}),:})', 'var(x){s.select,$(var(y){s.len}),:}'],
  ['$timef(%Y-%m-%d $)', 'timef(%Y-%m-%d $)'],
  ['$sel(via[1].host)', 'sel(via[1].host)'],
  ['$f.did', 'f.did'],
  ['%attr', '%attr'],
];

for (const [text, expected] of variables) {
  test(`variable: ${text}`, () => {
    const parsed = parsePv(text);
    assert.ok(!('message' in parsed), 'message' in parsed ? parsed.message : '');
    assert.equal(show(parsed), expected);
    assert.equal(parsed.text, text);
  });
}

const formats: readonly [text: string, expected: string][] = [
  ['plain', 'plain'],
  ['', ''],
  ['sip:$rU@$rd.example.com;x=1', 'sip:|<rU>|@|<rd>|.example.com;x=1'],
  ['$ru', '<ru>'],
  ['$var(a)$var(b)', '<var(a)>|<var(b)>'],
  ['5$$ $(ru{s.len})$$', '5$ |<ru{s.len}>|$'],
  ['($ru) [$fu]', '(|<ru>|) [|<fu>|]'],
];

for (const [text, expected] of formats) {
  test(`format: ${text}`, () => {
    const parsed = parseFormat(text);
    assert.ok(!('message' in parsed));
    assert.equal(parsed.map(showPart).join('|'), expected);
  });
}

const mistakes: readonly [text: string, expected: RegExp][] = [
  ['$', /without the name/],
  ['5 $ each', /without the name/],
  ['$(ru', /'\)' is missing/],
  ['$var(x', /'\)' is missing/],
  ['$(ru{s.len)', /'}' is missing/],
  ['$(ru})', /'}' closes nothing/],
  ['$(ru x)', /no transformation/],
  ['$(avp(x)[y])', /'y' is no index/],
  ['$(avp(x)[1)', /']' is missing/],
];

for (const [text, expected] of mistakes) {
  test(`no format: ${text}`, () => {
    const parsed = parseFormat(text);
    assert.ok('message' in parsed);
    assert.match(parsed.message, expected);
  });
}

test('a variable and something else are no variable', () => {
  const parsed = parsePv('$ru x');
  assert.ok('message' in parsed);
});

test('variables nested without end are refused', () => {
  const parsed = parsePv(`$(avp(x)[${'$(avp(x)['.repeat(50)}1${'])'.repeat(50)}])`);
  assert.ok('message' in parsed);
});
