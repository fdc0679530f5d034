import type { Config } from '../../module/define.ts';
import { parseMethod } from './method.ts';

const openssl = 'OpenSSL is run by Node, which keeps its own buffers';
const memory = "memory is V8's: there is no pool that runs low";
const engine = 'engines of OpenSSL are not available in Node';

/** Parameters of module tls, under Kamailio's names. */
export const tlsParams = {
  tls_method: {
    type: 'string',
    default: 'TLSv1.2+',
    check: (value: string) => {
      const range = parseMethod(value);
      return typeof range === 'string' ? range : undefined;
    },
    doc: 'TLSv1.2 for that version alone, TLSv1.2+ for it and newer ones; from TLSv1 to TLSv1.3.',
  },
  certificate: {
    type: 'string',
    default: 'cert.pem',
    doc: 'PEM file with the own certificate and its chain.',
  },
  private_key: {
    type: 'string',
    default: '',
    doc: 'PEM file with its key, not encrypted; default: the file of the certificate.',
  },
  ca_list: { type: 'string', default: '', doc: 'PEM file with the authorities that are trusted.' },
  ca_path: {
    type: 'string',
    default: '',
    doc: 'Folder of PEM files with authorities that are trusted; read at load.',
  },
  crl: {
    type: 'string',
    default: '',
    doc: 'PEM file with revocation lists; every authority of a chain needs one.',
  },
  verify_certificate: {
    type: 'int',
    default: 0,
    doc: 'Verify the certificate of the other side, if it shows one.',
  },
  verify_depth: {
    type: 'int',
    default: 9,
    min: 0,
    max: 100,
    doc: "Certificates between the other side's and a trusted one, at most.",
  },
  require_certificate: { type: 'int', default: 0, doc: 'Clients must show a valid certificate.' },
  verify_client: {
    type: 'string',
    default: '',
    check: (value: string) =>
      ['', 'off', 'on', 'optional', 'optional_no_ca'].includes(value)
        ? undefined
        : 'takes off, on, optional or optional_no_ca',
    doc: 'In place of the two: off, on, optional (valid if there), optional_no_ca (asked for, whatever it is).',
  },
  verify_names: {
    type: 'int',
    default: 1,
    min: 0,
    max: 2,
    doc: 'Olelo only. When servers are verified: 1 their certificate must be for the domain that is called (RFC 5922), 2 wildcards count too, 0 any name will do.',
  },
  cipher_list: { type: 'string', default: '', doc: "Ciphers up to TLS 1.2, in OpenSSL's words." },
  server_name: {
    type: 'string',
    default: '',
    doc: 'Name to ask servers for (SNI), where nothing else says it.',
  },
  connection_timeout: {
    type: 'int',
    default: 600,
    runtime: true,
    doc: 'Seconds until a client must have sent something; -1: any time.',
  },
  tls_log: {
    type: 'int',
    default: 3,
    runtime: true,
    doc: 'Log level of failed handshakes and refused peers.',
  },
  tls_debug: {
    type: 'meaningless',
    default: 3,
    because: openssl,
    doc: "Log level of OpenSSL's reads and writes.",
  },
  session_cache: { type: 'int', default: 0, doc: 'Clients may come back without a full handshake.' },
  session_id: {
    type: 'string',
    default: 'kamailio-tls-5.x.y',
    doc: 'Keeps their sessions apart from those of other services.',
  },
  config: {
    type: 'string',
    default: '',
    doc: 'tls.cfg with a profile for each place, or a folder of such files; the other parameters then mean nothing.',
    runtime: true,
  },
  xavp_cfg: {
    type: 'string',
    default: '',
    doc: 'Xavp with server_name and server_id for the connections that a message opens.',
  },
  event_callback: {
    type: 'string',
    default: '',
    doc: 'KEMI function instead of event_route[tls:connection-out].',
  },
  renegotiation: {
    type: 'meaningless',
    default: 0,
    because: 'clients never start a renegotiation here',
    doc: 'Clients may renegotiate.',
  },
  tls_disable_compression: {
    type: 'meaningless',
    default: 1,
    because: 'TLS is never compressed here',
    doc: 'No compression.',
  },
  send_close_notify: {
    type: 'meaningless',
    default: 0,
    because: 'Node always says goodbye',
    doc: 'Send a close_notify alert.',
  },
  ssl_release_buffers: {
    type: 'meaningless',
    default: -1,
    because: openssl,
    doc: 'Free buffers of idle connections.',
  },
  ssl_freelist_max_len: {
    type: 'meaningless',
    default: -1,
    because: openssl,
    doc: 'Free memory chunks kept.',
  },
  ssl_max_send_fragment: {
    type: 'meaningless',
    default: -1,
    because: openssl,
    doc: 'Clear text in one record.',
  },
  ssl_read_ahead: { type: 'meaningless', default: 0, because: openssl, doc: 'Read more than one record.' },
  con_ct_wq_max: {
    type: 'meaningless',
    default: 65536,
    because: 'tcp_conn_wq_max bounds what waits',
    doc: 'Clear text that waits on one connection.',
  },
  ct_wq_max: {
    type: 'meaningless',
    default: 10485760,
    because: 'tcp_wq_max bounds what waits',
    doc: 'Clear text that waits on all connections.',
  },
  ct_wq_blk_size: {
    type: 'meaningless',
    default: 4096,
    because: openssl,
    doc: 'Block size of these queues.',
  },
  low_mem_threshold1: {
    type: 'meaningless',
    default: -1,
    because: memory,
    doc: 'Free memory below which connections are refused.',
  },
  low_mem_threshold2: {
    type: 'meaningless',
    default: -1,
    because: memory,
    doc: 'Free memory below which connections fail.',
  },
  tls_force_run: {
    type: 'meaningless',
    default: 0,
    because: 'Node brings its own OpenSSL',
    doc: 'Run with an OpenSSL of another version.',
  },
  rand_engine: {
    type: 'meaningless',
    default: '',
    because: "OpenSSL's own random numbers are used",
    doc: 'Random number generator.',
  },
  engine: { type: 'meaningless', default: '', because: engine, doc: 'OpenSSL engine for keys in hardware.' },
  engine_config: { type: 'meaningless', default: '', because: engine, doc: 'Configuration of the engine.' },
  engine_algorithms: { type: 'meaningless', default: '', because: engine, doc: 'Algorithms of the engine.' },
} as const;

export type TlsConfig = Config<typeof tlsParams>;
