import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LogLevels } from '../base/log.ts';
import { globalDefault, globalParameters, globalsByName } from './globalParameters.ts';
import { ServerSettingSink } from './settingSink.ts';
import { ServerSettings } from './settings.ts';

function newSink() {
  const settings = new ServerSettings(globalDefault);
  const levels = new LogLevels();
  return { settings, levels, sink: new ServerSettingSink(settings, levels) };
}

const cases: readonly [name: string, value: string | number, refused: RegExp | undefined][] = [
  ['cfgengine', 'native', undefined],
  ['cfgengine', 'lua', /takes native, default; 'lua' is not there/],
  ['log_facility', 'LOG_LOCAL0', undefined],
  ['log_facility', 'LOG_NOPE', /takes LOG_AUTH/],
  ['udp_mtu_try_proto', 'TCP', undefined],
  ['udp_mtu_try_proto', 'ws', /takes udp/],
  ['max_branches', 30, undefined],
  ['max_branches', 31, /greatest value is 30/],
  ['max_branches', 0, /least value is 1/],
  ['server_signature', 'no', undefined],
  ['server_signature', 'perhaps', /takes yes or no/],
  ['children', 8, undefined],
];

for (const [name, value, refused] of cases) {
  test(`global ${name} = ${value}`, () => {
    const answer = newSink().sink.setGlobal(name, [value]);
    if (refused) assert.match(answer ?? '', refused);
    else assert.equal(answer, undefined);
  });
}

test('an alias sets the parameter, debug the log level, and the command line wins', () => {
  const { settings, levels, sink } = newSink();
  sink.setGlobal('wdir', ['/tmp']);
  assert.equal(settings.get('workdir'), '/tmp');
  sink.setGlobal('debug', [3]);
  assert.equal(levels.global, 3);
  sink.pin('debug', 1);
  sink.setGlobal('debug', [4]);
  assert.equal(levels.global, 1);
});

test('no name or alias stands twice in the table, and defaults are what their parameter takes', () => {
  const names = globalParameters.flatMap(({ name, aliases }) => [name, ...aliases]);
  assert.deepEqual(
    names.filter((name, i) => names.indexOf(name) !== i),
    [],
  );
  assert.equal(globalsByName.size, names.length);
  for (const { name, default: value, oneOf, min, max } of globalParameters) {
    if (oneOf && value !== undefined) assert.ok(oneOf.includes(String(value)), name);
    if (typeof value === 'number') assert.ok(value >= (min ?? value) && value <= (max ?? value), name);
  }
});
