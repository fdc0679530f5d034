import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseXml } from './xml.ts';
import { writeXml } from './xmlWriter.ts';

const bomb =
  '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><l>&b;</l>';

describe('documents from strangers', () => {
  it('have no document type, so no entities of their own and no files of ours', () => {
    assert.equal(parseXml(bomb), undefined);
    assert.equal(parseXml('<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>'), undefined);
    assert.equal(parseXml('<x>&nope;</x>'), undefined);
  });

  it('are bounded in size, depth, elements and attributes', () => {
    assert.equal(parseXml(`<x>${'y'.repeat(600_000)}</x>`), undefined);
    assert.equal(parseXml('<x>'.repeat(100) + '</x>'.repeat(100)), undefined);
    assert.notEqual(parseXml('<x>'.repeat(60) + '</x>'.repeat(60)), undefined);
    assert.equal(parseXml(`<x>${'<y/>'.repeat(30_000)}</x>`), undefined);
    assert.equal(parseXml(`<x ${Array.from({ length: 200 }, (_, i) => `a${i}="1"`).join(' ')}/>`), undefined);
  });

  it('are refused when they are not well-formed', () => {
    for (const text of ['', 'text', '<x>', '<x></y>', '<x a=1/>', '<x', '<x a="', '<!-- ', '<x/><y/>'])
      assert.equal(parseXml(text), undefined, text);
  });

  it('may hold tags in comments, in CDATA and in attributes', () => {
    const text = '<x a="&gt;<y>"><!-- <z> --><![CDATA[<z>]]></x>'.replace('<y>', "'>'");
    assert.notEqual(parseXml(text), undefined);
  });
});

describe('writing', () => {
  const written = (text: string): string => {
    const document = parseXml(text);
    assert.ok(document);
    return writeXml(document);
  };

  it('indents where there is no text, and leaves the rest as it is', () => {
    assert.equal(
      written('<a><b><c>x</c><d/></b></a>'),
      '<?xml version="1.0"?>\n<a>\n  <b>\n    <c>x</c>\n    <d/>\n  </b>\n</a>\n',
    );
    assert.equal(written('<a> <b><c/></b></a>'), '<?xml version="1.0"?>\n<a> <b><c/></b></a>\n');
  });

  it('writes characters beyond ASCII as they are in UTF-8, else as references', () => {
    const latin1 = Buffer.from('é', 'utf8').toString('latin1');
    assert.equal(written(`<a>${latin1}</a>`), '<?xml version="1.0"?>\n<a>&#xE9;</a>\n');
    const declared = '<?xml version="1.0" encoding="UTF-8"?>';
    assert.equal(written(`${declared}<a>${latin1}</a>`), `${declared}\n<a>${latin1}</a>\n`);
  });
});
