import type { Config } from '../../module/define.ts';
import { digestAlgorithm } from '../../sip/digest.ts';

const checksDoc =
  'Parts of the request that a nonce is bound to: 1 Request-URI, 2 Call-ID, 4 From tag, 8 source address.';

export const params = {
  auth_checks_register: { type: 'int', default: 0, min: 0, max: 15, doc: `For REGISTER. ${checksDoc}` },
  auth_checks_no_dlg: { type: 'int', default: 0, min: 0, max: 15, doc: `Outside dialogs. ${checksDoc}` },
  auth_checks_in_dlg: { type: 'int', default: 0, min: 0, max: 15, doc: `Within dialogs. ${checksDoc}` },
  qop: {
    type: 'meaningless',
    default: '',
    doc: 'qop of challenges.',
    because: 'the flags of the challenge functions decide which qop a challenge has',
  },
  nonce_count: {
    type: 'int',
    default: 0,
    doc: 'Refuse a nonce count that is not greater than the last one.',
  },
  one_time_nonce: {
    type: 'int',
    default: 0,
    doc: 'Accept each nonce once; with nonce_count for credentials without nc.',
  },
  nid_pool_no: {
    type: 'meaningless',
    default: 1,
    doc: 'Partitions of the memory of nonces.',
    because: 'partitions are for several processes; here one numbers all nonces',
  },
  nc_array_size: {
    type: 'int',
    default: 1_048_576,
    min: 1,
    max: 1 << 30,
    doc: 'Nonces whose count is remembered; rounded down to a power of two.',
  },
  nc_array_order: {
    type: 'int',
    default: 0,
    min: 0,
    max: 30,
    doc: 'Binary logarithm of nc_array_size; 0: that one holds.',
  },
  otn_in_flight_no: {
    type: 'int',
    default: 1_048_576,
    min: 1,
    max: 1 << 30,
    doc: 'One-time nonces that are remembered; rounded down to a power of two.',
  },
  otn_in_flight_order: {
    type: 'int',
    default: 0,
    min: 0,
    max: 30,
    doc: 'Binary logarithm of otn_in_flight_no; 0: that one holds.',
  },
  secret: {
    type: 'string',
    default: '',
    doc: 'Signs nonces; servers that share it accept those of each other. Random without.',
  },
  nonce_expire: { type: 'int', default: 300, min: 1, doc: 'Seconds that a nonce is good for.' },
  nonce_auth_max_drift: {
    type: 'int',
    default: 3,
    min: 0,
    doc: 'Seconds that a nonce may come from the future.',
  },
  force_stateless_reply: {
    type: 'int',
    default: 0,
    doc: 'Challenge without transaction even where there is one.',
  },
  realm_prefix: {
    type: 'string',
    default: '',
    doc: 'Credentials whose realm has this in front count for the realm without.',
  },
  use_domain: { type: 'int', default: 0, doc: 'pv_auth_check compares the domains of the URIs, too.' },
  algorithm: {
    type: 'string',
    default: '',
    check: (value: string) =>
      value === '' || digestAlgorithm(value) !== undefined
        ? undefined
        : 'expected MD5, SHA-256, SHA-512-256 or SHA-512, perhaps with -sess',
    doc: 'Hash algorithm of challenges and answers: MD5 (also without), SHA-256, SHA-512-256, SHA-512, each perhaps with -sess.',
  },
  add_authinfo_hdr: {
    type: 'int',
    default: 0,
    doc: 'Prove to the client that the server knows the password, too (Authentication-Info).',
  },
} as const;

export type AuthConfig = Config<typeof params>;
