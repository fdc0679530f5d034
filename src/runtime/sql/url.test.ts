import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutPassword } from '../../base/databaseUrl.ts';
import { parseDatabaseUrl } from './url.ts';

const nothing = { user: '', password: '', host: '', port: 0, database: 'd', socket: '', group: '' };

test('URLs as Kamailio writes them', () => {
  const read = (url: string, expected: Partial<typeof nothing>) =>
    assert.deepEqual(parseDatabaseUrl(url), { ...nothing, ...expected }, url);
  read('mysql://kam:rw@localhost/d', { user: 'kam', password: 'rw', host: 'localhost' });
  read('mysql://kam:rw@db.example.com:3307/d', {
    user: 'kam',
    password: 'rw',
    host: 'db.example.com',
    port: 3307,
  });
  read('mysql://kam@localhost/d', { user: 'kam', host: 'localhost' });
  read('mysql://localhost/d', { host: 'localhost' });
  read('mysql://kam:rw@/d', { user: 'kam', password: 'rw' });
  read('mysql://kam:p@s:s/%40@[::1]:3307/d', { user: 'kam', password: 'p@s:s/%40', host: '::1', port: 3307 });
  read('mysql://kam:rw@unix(/run/x.sock)/d', { user: 'kam', password: 'rw', socket: '/run/x.sock' });
});

test('a section of my.cnf before or instead of the host', () => {
  const group = (url: string) => {
    const { user, host, port, group: name } = parseDatabaseUrl(url);
    return [user, host, port, name];
  };
  assert.deepEqual(group('mysql://u:p@[kam]host:3307/d'), ['u', 'host', 3307, 'kam']);
  assert.deepEqual(group('mysql://u:p@[kam]:3307/d'), ['u', '', 3307, 'kam']);
  assert.deepEqual(group('mysql://u:p@[kam]/d'), ['u', '', 0, 'kam']);
  assert.deepEqual(group('mysql://[kam]/d'), ['', '', 0, 'kam']);
});

test('what is no URL is refused without showing the password', () => {
  for (const url of ['mysql:kamailio', 'mysql://u:secret@host', 'mysql://u:secret@a:b:c/d']) {
    assert.throws(
      () => parseDatabaseUrl(url),
      (error: Error) =>
        !error.message.includes('secret') && /DB_URL/.test((error as { code?: string }).code ?? ''),
      url,
    );
  }
  assert.equal(withoutPassword('mysql://u:s@cret@host/d'), 'mysql://***@host/d');
  assert.equal(withoutPassword('sqlite:///var/x.db'), 'sqlite:///var/x.db');
});
