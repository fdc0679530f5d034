import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { contextOf, requestText } from '../../module/testing.ts';
import type { EventPackage } from './api.ts';
import { Events } from './events.ts';

const named = (name: string): EventPackage => ({ name, contentType: 'x/y', defaultExpiresSec: 60 });

function eventsOf(...names: string[]): Events {
  const events = new Events();
  for (const name of names) events.add(named(name));
  return events;
}

describe('event packages', () => {
  const events = eventsOf('presence', 'dialog;sla');
  const asked = (header: string) => {
    const { message } = contextOf(
      requestText(header === '' ? '' : `Event: ${header}`, { method: 'SUBSCRIBE' }),
    );
    const found = events.requestedBy(message);
    return found === undefined ? undefined : [found.event.name, found.id];
  };

  it('are found by name and parameters, letter case aside; id is no part of the name', () => {
    assert.deepEqual(asked('presence'), ['presence', '']);
    assert.deepEqual(asked('PRESENCE ; id=7'), ['presence', '7']);
    assert.deepEqual(asked('dialog;sla'), ['dialog;sla', '']);
    assert.deepEqual(asked('dialog;id=3;sla'), ['dialog;sla', '3']);
    for (const header of ['', 'dialog', 'presence;sla', 'presence.winfo', 'presence;='])
      assert.equal(asked(header), undefined);
  });

  it('are registered once, and told the newest first', () => {
    assert.deepEqual(events.names, ['dialog;sla', 'presence']);
    assert.throws(() => events.add(named('Presence')), { code: 'PRESENCE_EVENT' });
  });
});
