import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DatabaseModuleApi } from '../../module/databaseModule.ts';
import { fakeHost, ModuleUnderTest } from '../../module/testing.ts';
import dbPostgres from './index.ts';

function optionsWith(params: Record<string, number | string>) {
  const { loaded } = new ModuleUnderTest(dbPostgres, fakeHost(), params);
  const api = loaded.declaration.api?.(loaded.instance) as DatabaseModuleApi;
  return api.optionsFor('postgres://host/d');
}

test('parameters become options of the driver', () => {
  assert.deepEqual(optionsWith({}), { retries: 2, postgres: { keepAliveIdleMs: 0, parameters: {} } });
  const options = optionsWith({
    retries: 5,
    timeout: 3,
    tcp_keepalive: 60,
    con_param: 'connect_timeout=15; sslmode=require',
  });
  assert.deepEqual(options, {
    retries: 5,
    connectTimeoutMs: 3000,
    silenceTimeoutMs: 3000,
    postgres: { keepAliveIdleMs: 60_000, parameters: { connect_timeout: '15', sslmode: 'require' } },
  });
});

test('connection parameters that nobody knows are refused at load', () => {
  assert.throws(() => optionsWith({ con_param: 'conect_timeout=15' }), /conect_timeout=15/);
  assert.throws(() => optionsWith({ con_param: 'sslmode' }), /sslmode/);
});
