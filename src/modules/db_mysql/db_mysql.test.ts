import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DatabaseModuleApi } from '../../module/databaseModule.ts';
import { fakeHost, ModuleUnderTest } from '../../module/testing.ts';
import dbMysql from './index.ts';

function optionsWith(params: Record<string, number>) {
  const { loaded } = new ModuleUnderTest(dbMysql, fakeHost(), params);
  const api = loaded.declaration.api?.(loaded.instance) as DatabaseModuleApi;
  assert.deepEqual(api.schemes, ['mysql', 'db_mysql']);
  return api.optionsFor('mysql://host/d');
}

test('parameters become options of the driver', () => {
  assert.deepEqual(optionsWith({}), {
    pingIntervalMs: 300_000,
    connectTimeoutMs: 6000,
    silenceTimeoutMs: 6000,
    reconnect: true,
    retries: 2,
    mysql: { serverTimezone: false, insertDelayed: false, affectedFound: false, tls: undefined },
  });
  const options = optionsWith({
    ping_interval: 5,
    timeout_interval: 1,
    auto_reconnect: 0,
    server_timezone: 1,
    insert_delayed: 1,
    update_affected_found: 1,
    opt_ssl_mode: 4,
  });
  assert.deepEqual(options, {
    pingIntervalMs: 5000,
    connectTimeoutMs: 3000,
    silenceTimeoutMs: 3000,
    reconnect: false,
    retries: 0,
    mysql: { serverTimezone: true, insertDelayed: true, affectedFound: true, tls: 'verify-ca' },
  });
});
