import type { Config } from '../../module/define.ts';

export const params = {
  db_url: {
    type: 'string',
    default: 'mysql://kamailio:kamailiorw@localhost/kamailio',
    doc: 'Database of the XCAP documents.',
  },
  xcap_table: { type: 'string', default: 'xcap', doc: 'Table of the XCAP documents.' },
  disable_presence: { type: 'int', default: 0, doc: 'Leave the event presence out.' },
  disable_winfo: { type: 'int', default: 0, doc: 'Leave the event presence.winfo out.' },
  disable_bla: { type: 'int', default: 1, doc: 'Leave the event dialog;sla (bridged lines) out.' },
  disable_xcapdiff: { type: 'int', default: 0, doc: 'Leave the event xcap-diff out.' },
  force_active: {
    type: 'int',
    default: 0,
    doc: '1: everybody may watch, no rules are asked. 0: the rules of the presentity decide.',
  },
  integrated_xcap_server: {
    type: 'int',
    default: 0,
    doc: '1: rules are in xcap_table. 0: they come from xcap_server by HTTP.',
  },
  xcap_server: { type: 'list', default: [], doc: 'Address of a trusted XCAP server.' },
  passive_mode: { type: 'int', default: 0, doc: '1: the module registers no event and opens no database.' },
  xcapauth_userdel_reason: {
    type: 'string',
    default: 'probation',
    doc: 'Reason of the end when the rules no longer name a watcher who was let in.',
  },
  force_dummy_presence: {
    type: 'int',
    default: 0,
    doc: 'Who has published nothing is shown as open instead of without a document.',
  },
  force_presence_single_body: {
    type: 'int',
    default: 0,
    doc: 'Only the most important document is sent, instead of all made one.',
  },
  presence_single_body_priorities: {
    type: 'string',
    default: 'Available|Ringing|On the Phone',
    doc: 'Texts by importance, the most important one last.',
  },
  presence_single_body_lookup_element: {
    type: 'string',
    default: 'note',
    doc: 'Element whose text is looked up in presence_single_body_priorities.',
  },
  default_expires: {
    type: 'int',
    default: 3600,
    min: 1,
    doc: 'Life in seconds of subscriptions and documents that name none.',
  },
} as const;

export type PresenceXmlConfig = Config<typeof params>;
