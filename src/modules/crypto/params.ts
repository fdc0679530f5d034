export const params = {
  salt: {
    type: 'string',
    default: 'k8hTm4aZ',
    doc: 'Salt of derived keys, 8 characters or more; empty for none.',
  },
  register_callid: {
    type: 'int',
    default: 0,
    min: 0,
    max: 1,
    doc: '1: Call-IDs of own requests (tm) are random UUIDs.',
  },
  register_evcb: {
    type: 'int',
    default: 0,
    min: 0,
    max: 1,
    doc: '1: run event_route[crypto:netio] for each text on the wire.',
  },
  kevcb_netio: {
    type: 'meaningless',
    default: '',
    because: 'KEMI scripts register event_route[crypto:netio] by its name',
    doc: 'KEMI function run for each text on the wire.',
  },
  netio_key: { type: 'string', default: '', doc: 'Password of texts on the wire.' },
  key_derivation: {
    type: 'int',
    default: 1,
    min: 0,
    max: 1,
    doc: '1: key and vector come from a password; 0: keys are given in Base64, 16 or 32 bytes.',
  },
  init_vector: {
    type: 'string',
    default: '',
    doc: 'Vector that stands before each text with key_derivation 0, Base64 of 16 bytes; empty: a random one each time.',
  },
} as const;
