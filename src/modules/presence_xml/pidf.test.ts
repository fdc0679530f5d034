import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PublishedBody } from '../presence/api.ts';
import {
  activitiesIn,
  composePidf,
  dummyPidf,
  hasBasic,
  mostImportantPidf,
  offlinePidf,
  sphereIn,
} from './pidf.ts';
import { parseXml } from './xml.ts';

const ns = 'urn:ietf:params:xml:ns:pidf';
const document = (inner: string): string => `<presence xmlns="${ns}" entity="sip:a@b">${inner}</presence>`;
const tuple = (id: string, note = ''): string =>
  `<tuple id="${id}"><status><basic>open</basic></status>${note === '' ? '' : `<note>${note}</note>`}</tuple>`;
const there = (body: string): PublishedBody => ({ body, isLeaving: false });
const leaving = (body: string): PublishedBody => ({ body, isLeaving: true });

describe('composition', () => {
  it('has nothing to show without documents, or with one that says nothing when it leaves', () => {
    assert.equal(composePidf([]), undefined);
    assert.equal(composePidf([leaving(document('<note>x</note>'))]), undefined);
  });

  it('leaves malformed documents out', () => {
    assert.match(composePidf([there('<bad'), there(document(tuple('t')))]) ?? '', /id="t"/);
    assert.equal(composePidf([there('<bad')]), undefined);
  });

  it('declares on a copied element all namespaces that it needs', () => {
    const older = `<presence xmlns="${ns}" xmlns:r="urn:r" entity="x"><tuple id="1"><r:mood r:of="me"/></tuple></presence>`;
    const composed = composePidf([there(older), there(document(tuple('2')))]) ?? '';
    assert.match(composed, /<tuple xmlns="urn:ietf:params:xml:ns:pidf" xmlns:r="urn:r" id="1">/);
    assert.notEqual(parseXml(composed), undefined);
  });
});

describe('single documents', () => {
  const options = { element: 'note', priorities: ['Available', 'Ringing', 'On the Phone'] };

  it('are chosen by importance, the newest of equals', () => {
    const chosen = mostImportantPidf(
      [there(document(tuple('1', 'Ringing'))), there(document(tuple('2', 'Available'))), there('<bad')],
      options,
    );
    assert.match(chosen ?? '', /id="1"/);
    const equal = mostImportantPidf([there(document(tuple('1'))), there(document(tuple('2')))], options);
    assert.match(equal ?? '', /id="2"/);
  });
});

describe('questions', () => {
  const rpid = 'xmlns:r="urn:ietf:params:xml:ns:pidf:rpid" xmlns:d="urn:ietf:params:xml:ns:pidf:data-model"';
  const person = `<d:person ${rpid} id="p"><r:activities><r:away/></r:activities><r:sphere><r:home/></r:sphere></d:person>`;

  it('read status, activities and sphere', () => {
    const body = document(tuple('1') + person);
    assert.equal(hasBasic(body, 'open'), true);
    assert.equal(hasBasic(body, 'closed'), false);
    assert.deepEqual(activitiesIn(body), ['away']);
    assert.equal(sphereIn(body), 'home');
    assert.equal(activitiesIn(document(tuple('1'))), undefined);
    assert.equal(sphereIn(document('')), undefined);
  });

  it('read nothing from what is no document', () => {
    assert.equal(hasBasic('<', 'open'), false);
    assert.equal(activitiesIn('<'), undefined);
    assert.equal(offlinePidf('<'), undefined);
  });

  it('the document of those who publish nothing is well-formed and open', () => {
    const body = dummyPidf('a<"&', 'id');
    assert.equal(hasBasic(body, 'open'), true);
  });
});
