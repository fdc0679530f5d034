/** Parameters of sl under the names that users know. */
export const parameters = {
  default_code: {
    type: 'int',
    default: 500,
    min: 100,
    max: 699,
    runtime: true,
    doc: 'Status that is sent instead of an unusable one.',
  },
  default_reason: {
    type: 'string',
    default: 'Internal Server Error',
    runtime: true,
    doc: 'Reason phrase that is sent instead of a missing one.',
  },
  bind_tm: {
    type: 'int',
    default: 1,
    min: 0,
    max: 1,
    doc: 'send_reply answers in the transaction when there is one.',
  },
  rich_redirect: {
    type: 'int',
    default: 0,
    min: 0,
    max: 3,
    doc: 'In Contacts of a 3xx: 1 branch flags as parameter, 2 path as Route header; may be added.',
  },
  event_callback_fl_ack: {
    type: 'string',
    default: '',
    doc: 'KEMI function instead of event_route[sl:filtered-ack].',
  },
  event_callback_lres_sent: {
    type: 'string',
    default: '',
    doc: 'KEMI function instead of event_route[sl:local-response].',
  },
} as const;
