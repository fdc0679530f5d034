import assert from 'node:assert/strict';
import { connect, createServer } from 'node:net';
import { test } from 'node:test';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { startMariadb } from './mariadb.ts';
import { startPostgres } from './postgres.ts';
import { openSlowLink } from './slowLink.ts';

test('a private MariaDB: its URL works, data survive a kill', async (t) => {
  const mariadb = await startMariadb(t);
  if (mariadb === undefined) return;
  const ask = async (sql: string) => {
    const connection = await mysql.createConnection(mariadb.url);
    connection.on('error', () => {});
    const [rows] = await connection.query({ sql, rowsAsArray: true });
    connection.destroy();
    return rows;
  };
  await ask('CREATE TABLE a (n INT)');
  await ask('INSERT INTO a VALUES (7)');
  const { port } = mariadb;
  await mariadb.kill();
  await assert.rejects(ask('SELECT 1'), { code: 'ECONNREFUSED' });
  await mariadb.restart();
  assert.equal(mariadb.port, port);
  assert.deepEqual(await ask('SELECT n FROM a'), [[7]]);
});

test('a private PostgreSQL: its URL works, data survive a kill', async (t) => {
  const postgres = await startPostgres(t);
  if (postgres === undefined) return;
  const ask = async (sql: string) => {
    const client = new pg.Client(postgres.url);
    client.on('error', () => {});
    await client.connect();
    const { rows } = await client.query({ text: sql, rowMode: 'array' });
    await client.end();
    return rows;
  };
  await ask('CREATE TABLE a (n INT)');
  await ask('INSERT INTO a VALUES (7)');
  await postgres.kill();
  await assert.rejects(ask('SELECT 1'), { code: 'ECONNREFUSED' });
  await postgres.restart();
  assert.deepEqual(await ask('SELECT n FROM a'), [[7]]);
  assert.equal((await postgres.psql('SELECT n + 1 FROM a')).trim(), '8');
});

test('a slow link answers late and in order, and keeps silent when told', async (t) => {
  const echo = createServer((socket) => socket.pipe(socket).on('error', () => {}));
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
  t.after(() => echo.close());
  const link = await openSlowLink(t, { port: (echo.address() as { port: number }).port });
  link.delayMs = 100;
  const socket = connect(link.port, '127.0.0.1');
  const startedMs = performance.now();
  let received = '';
  socket.write('one ');
  const arrived = new Promise<number>((resolve) => {
    socket.on('data', (data) => {
      received += data.toString();
      if (received.length === 8) resolve(performance.now() - startedMs);
    });
  });
  setTimeout(() => socket.write('two '), 20);
  const elapsedMs = await arrived;
  assert.equal(received, 'one two ');
  assert.ok(elapsedMs >= 115, `${elapsedMs} ms`);
  link.silent = true;
  socket.write('three');
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', () => {});
  await new Promise((resolve) => setTimeout(resolve, 150));
  assert.equal(received, 'one two ');
  link.cut();
  await closed;
});
