import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Status } from '../presence/api.ts';
import { decideBy } from './rules.ts';
import { filteredBody } from './transformations.ts';

const watcher = {
  presentityUri: 'sip:ann@x',
  watcherUser: 'bob',
  watcherDomain: 'x',
  status: undefined,
} as const;
const nowSec = Date.parse('2026-11-20T12:00:00Z') / 1000;
const question = { watcher, sphere: undefined, nowSec };

const ruleset = (...rules: string[]): string =>
  `<ruleset xmlns="urn:ietf:params:xml:ns:common-policy" xmlns:pr="urn:ietf:params:xml:ns:pres-rules">${rules.join('')}</ruleset>`;
const rule = (conditions: string, action: string, transformations = ''): string =>
  `<rule id="r"><conditions>${conditions}</conditions><actions><pr:sub-handling>${action}</pr:sub-handling></actions>` +
  `<transformations>${transformations}</transformations></rule>`;
const bob = '<identity><one id="sip:bob@x"/></identity>';

describe('decisions', () => {
  it('wait without rules, but who was let in before is put out', () => {
    assert.deepEqual(decideBy(undefined, question, 'probation'), { status: Status.pending, reason: '' });
    const known = { ...question, watcher: { ...watcher, status: Status.active } };
    assert.deepEqual(decideBy(ruleset(), known, 'probation;retry-after=30'), {
      status: Status.terminated,
      reason: 'probation;retry-after=30',
    });
    const pending = { ...question, watcher: { ...watcher, status: Status.pending } };
    assert.deepEqual(decideBy(ruleset(), pending, 'probation'), { status: Status.pending, reason: '' });
  });

  it('cannot be made by malformed rules', () => {
    assert.equal(decideBy('<ruleset', question, ''), undefined);
  });

  it('honour exceptions, also within a domain, and validity', () => {
    const many = '<identity><many domain="x"><except id="sip:bob@x"/></many></identity>';
    assert.equal(decideBy(ruleset(rule(many, 'allow')), question, '')?.status, Status.pending);
    const until = (year: number): string =>
      `${bob}<validity><from>2020-01-01T00:00:00Z</from><until>${year}-01-01T00:00:00Z</until></validity>`;
    assert.equal(decideBy(ruleset(rule(until(2021), 'allow')), question, '')?.status, Status.pending);
    assert.equal(decideBy(ruleset(rule(until(2031), 'allow')), question, '')?.status, Status.active);
  });

  it('do not follow a rule with a condition that nobody knows', () => {
    assert.equal(decideBy(ruleset(rule(`${bob}<moon/>`, 'allow')), question, '')?.status, Status.pending);
  });
});

describe('transformations', () => {
  const body =
    '<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" entity="x">' +
    '<tuple id="t1"><status><basic>open</basic></status></tuple><tuple id="t2"><status><basic>open</basic></status></tuple>' +
    '<dm:device id="d1"><dm:deviceID>mac:1</dm:deviceID></dm:device><dm:person id="p"><dm:note>n</dm:note></dm:person></presence>';
  const seen = (transformations: string): string =>
    filteredBody(body, ruleset(rule(bob, 'allow', transformations)), question);

  it('choose services by their id and devices by theirs', () => {
    const services = seen(
      '<pr:provide-services><pr:occurrence-id>t2</pr:occurrence-id></pr:provide-services>',
    );
    assert.doesNotMatch(services, /id="t1"/);
    assert.match(services, /id="t2"/);
    assert.doesNotMatch(
      seen('<pr:provide-devices><pr:deviceID>mac:2</pr:deviceID></pr:provide-devices>'),
      /device/,
    );
    assert.match(seen('<pr:provide-devices><pr:all-devices/></pr:provide-devices>'), /mac:1/);
  });

  it('hide notes of persons too', () => {
    assert.doesNotMatch(seen('<pr:provide-note>false</pr:provide-note>'), /<dm:note>/);
  });

  it('show nothing without a rule or a document', () => {
    assert.equal(filteredBody(body, undefined, question), '');
    assert.equal(filteredBody('<', ruleset(rule(bob, 'allow')), question), '');
  });
});
