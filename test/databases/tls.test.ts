import assert from 'node:assert/strict';
import { chownSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { DatabaseDriver, DatabaseOptions } from '../../src/base/ports.ts';
import { TestAuthority } from '../support/certificates.ts';
import { startMariadb } from '../support/mariadb.ts';
import { startPostgres } from '../support/postgres.ts';
import { accountFor, folderFor } from '../support/temporaryServer.ts';
import { mariadbSubject, postgresSubject, quiet } from './subjects.ts';

interface Files {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  readonly folder: string;
}

/** Certificates of a server called db.example.com at 127.0.0.1, readable by its user only. */
async function certificates(t: TestContext, user: string): Promise<Files> {
  const account = accountFor([user]);
  const folder = folderFor(account, 'olelo-certificates-');
  t.after(() => rmSync(folder, { recursive: true }));
  const authority = await TestAuthority.create();
  const { certificate, key } = await authority.issue({ name: 'db.example.com', dns: ['db.example.com'] });
  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    if (account !== undefined) chownSync(path, account.uid, account.gid);
    return path;
  };
  return {
    folder,
    ca: write('ca.pem', authority.certificate),
    cert: write('cert.pem', certificate),
    key: write('key.pem', key),
  };
}

async function cellOf(
  driver: DatabaseDriver,
  url: string,
  options: DatabaseOptions,
  sql: string,
): Promise<unknown> {
  const database = await driver.open(url, options);
  try {
    return (await database.raw(sql)).rows[0]?.at(-1);
  } finally {
    await database.close();
  }
}

test('mysql: opt_ssl_mode: plain, TLS, a checked certificate, and its name', async (t) => {
  const files = await certificates(t, 'mysql');
  const args = [`--ssl-cert=${files.cert}`, `--ssl-key=${files.key}`];
  const server = await startMariadb(t, { args });
  if (server === undefined) return;
  const { driver } = mariadbSubject();
  const optionFile = join(files.folder, 'my.cnf');
  writeFileSync(optionFile, `[kam]\nssl-ca = ${files.ca}\n`);
  const ask = (tls: 'disabled' | 'required' | 'verify-ca' | 'verify-identity', group = '') => {
    const options = { ...quiet, mysql: { tls, optionFiles: [optionFile] } };
    const url = server.url.replace('@', `@${group}`);
    return cellOf(driver, url, options, "SHOW STATUS LIKE 'Ssl_version'");
  };
  assert.equal(await ask('disabled'), '');
  assert.match(String(await ask('required')), /^TLSv1/);
  await assert.rejects(ask('verify-ca'), 'an authority that nobody knows');
  assert.match(String(await ask('verify-ca', '[kam]')), /^TLSv1/);
  await assert.rejects(ask('verify-identity', '[kam]'), 'it is called by another name');
});

test('postgres: sslmode: plain, TLS, a checked certificate, and its name', async (t) => {
  const files = await certificates(t, 'postgres');
  const settings = ['ssl=on', `ssl_cert_file=${files.cert}`, `ssl_key_file=${files.key}`];
  const server = await startPostgres(t, { settings });
  if (server === undefined) return;
  const { driver } = postgresSubject();
  const ask = (parameters: Readonly<Record<string, string>>) => {
    const sql = 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()';
    return cellOf(driver, server.url, { ...quiet, postgres: { parameters } }, sql);
  };
  const sslrootcert = files.ca;
  assert.equal(await ask({ sslmode: 'disable' }), 'f');
  assert.equal(await ask({ sslmode: 'require' }), 't');
  await assert.rejects(ask({ sslmode: 'verify-ca' }), 'an authority that nobody knows');
  assert.equal(await ask({ sslmode: 'verify-ca', sslrootcert }), 't');
  await assert.rejects(ask({ sslmode: 'verify-full', sslrootcert }), 'it is called by another name');
});
