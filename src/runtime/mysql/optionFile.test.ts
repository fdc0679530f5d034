import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOptionGroup } from './optionFile.ts';

const text = `
[client]
socket = /run/client.sock
password="a # b"
[mysqld]
user = nobody
[kamailio]
socket = /run/kamailio.sock  # here
user= kam
port =3307
ssl_ca = /etc/ca.pem
default-character-set = utf8
`;

test('the section that is named and [client], the later one winning', () => {
  assert.deepEqual(readOptionGroup([text], 'kamailio'), {
    socket: '/run/kamailio.sock',
    password: 'a # b',
    user: 'kam',
    port: 3307,
    'ssl-ca': '/etc/ca.pem',
  });
  assert.deepEqual(readOptionGroup([text], 'other'), { socket: '/run/client.sock', password: 'a # b' });
  assert.equal(readOptionGroup([text, '[client]\nsocket=/x'], 'kamailio').socket, '/x');
});
