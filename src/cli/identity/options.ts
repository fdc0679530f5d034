import type { OptionTable } from '../optionTable.ts';

const what = 'What to do (or a verb: keys, sign, check, parse, serve)';
const token = 'Token to sign, or to compare with';
const keys = 'Keys';
const checking = 'Checking';
const http = 'HTTP service';
const making = 'Making keys and certificates (keys)';
const output = 'Output';

/** Options of `olelo identity`: those of secsipidx, and a few more. */
export const identityOptions = {
  'sign-full': {
    kind: 'flag',
    aliases: ['S'],
    value: '',
    group: what,
    help: 'Sign; print the whole header value.',
  },
  sign: { kind: 'flag', aliases: ['s'], value: '', group: what, help: 'Sign; print the token alone.' },
  check: { kind: 'flag', aliases: ['c'], value: '', group: what, help: 'Check a header value or a token.' },
  parse: {
    kind: 'flag',
    aliases: [],
    value: '',
    group: what,
    help: 'Show what is in it; nothing is checked.',
  },
  'http-srv': { kind: 'text', aliases: ['H'], value: '[host]:port', group: what, help: 'Serve over HTTP.' },
  'https-srv': { kind: 'text', aliases: [], value: '[host]:port', group: what, help: 'Serve over HTTPS.' },
  ltest: {
    kind: 'flag',
    aliases: ['l'],
    value: '',
    group: what,
    help: 'Sign and check with a new key, to see that it works.',
  },
  version: { kind: 'flag', aliases: [], value: '', group: what, help: 'Print the version.' },
  help: { kind: 'flag', aliases: ['h'], value: '', group: what, help: 'This text.' },

  'orig-tn': { kind: 'text', aliases: ['o'], value: 'number', group: token, help: 'Calling number.' },
  'dest-tn': {
    kind: 'text',
    aliases: ['d'],
    value: 'number,...',
    group: token,
    help: 'Called number, or several.',
  },
  attest: { kind: 'text', aliases: ['a'], value: 'A|B|C', group: token, help: 'Attestation (default C).' },
  'orig-id': {
    kind: 'text',
    aliases: [],
    value: 'id',
    group: token,
    help: 'Origination identifier (default: a UUID).',
  },
  x5u: { kind: 'text', aliases: [], value: 'URL', group: token, help: 'Where the certificate is.' },
  iat: {
    kind: 'number',
    aliases: [],
    value: 'seconds',
    group: token,
    help: 'Time of signing since the epoch (default: now).',
  },
  alg: { kind: 'text', aliases: [], value: 'name', group: token, help: 'Algorithm; there is ES256 only.' },
  ppt: { kind: 'text', aliases: [], value: 'name', group: token, help: 'Extension (default shaken).' },
  typ: { kind: 'text', aliases: [], value: 'name', group: token, help: 'Type of token (default passport).' },
  header: {
    kind: 'text',
    aliases: [],
    value: 'JSON',
    group: token,
    help: 'Header, instead of one made of the options.',
  },
  fheader: { kind: 'text', aliases: [], value: 'file', group: token, help: 'File with the header.' },
  payload: {
    kind: 'text',
    aliases: [],
    value: 'JSON',
    group: token,
    help: 'Payload, instead of one made of the options.',
  },
  fpayload: { kind: 'text', aliases: [], value: 'file', group: token, help: 'File with the payload.' },
  'json-parse': {
    kind: 'flag',
    aliases: [],
    value: '',
    group: token,
    help: 'Bring given JSON into canonical form before signing.',
  },

  fprvkey: { kind: 'text', aliases: ['k'], value: 'file', group: keys, help: 'Private key, PEM.' },
  fpubkey: {
    kind: 'text',
    aliases: ['p'],
    value: 'file',
    group: keys,
    help: 'Public key or certificate, PEM (default: fetch it).',
  },

  identity: { kind: 'text', aliases: [], value: 'text', group: checking, help: 'Header value or token.' },
  fidentity: { kind: 'text', aliases: [], value: 'file', group: checking, help: 'File with it.' },
  expire: {
    kind: 'number',
    aliases: [],
    value: 'seconds',
    group: checking,
    help: 'Age at which it is stale (default 60).',
  },
  timeout: {
    kind: 'number',
    aliases: [],
    value: 'seconds',
    group: checking,
    help: 'For fetching the certificate (default 3).',
  },
  'cert-verify': {
    kind: 'number',
    aliases: [],
    value: 'bits',
    group: checking,
    help: '1 time, 2 system roots, 4 ca-file, 8 ca-inter, 16 crl-file (default 0).',
  },
  'ca-file': {
    kind: 'text',
    aliases: [],
    value: 'file',
    group: checking,
    help: 'Trusted root certificates.',
  },
  'ca-inter': {
    kind: 'text',
    aliases: [],
    value: 'file',
    group: checking,
    help: 'Intermediate certificates.',
  },
  'crl-file': { kind: 'text', aliases: [], value: 'file', group: checking, help: 'Revocation lists.' },
  'check-tn': {
    kind: 'text',
    aliases: [],
    value: 'no|present|always',
    group: checking,
    help: 'Must the TNAuthList have the caller? (default no).',
  },
  'cache-dir': {
    kind: 'text',
    aliases: [],
    value: 'dir',
    group: checking,
    help: 'Keep fetched certificates here.',
  },
  'cache-expire': {
    kind: 'number',
    aliases: [],
    value: 'seconds',
    group: checking,
    help: 'For so long (default 3600).',
  },
  'allow-private': {
    kind: 'flag',
    aliases: [],
    value: '',
    group: checking,
    help: 'Fetch from loopback and private addresses too.',
  },

  'http-dir': { kind: 'text', aliases: [], value: 'dir', group: http, help: 'Files below /v1/pub/.' },
  'https-pubkey': {
    kind: 'text',
    aliases: [],
    value: 'file',
    group: http,
    help: 'Certificate of the service.',
  },
  'https-prvkey': {
    kind: 'text',
    aliases: [],
    value: 'file',
    group: http,
    help: 'Private key of the service.',
  },

  out: {
    kind: 'text',
    aliases: [],
    value: 'prefix',
    group: making,
    help: 'Beginning of the file names (default shaken).',
  },
  subject: {
    kind: 'text',
    aliases: [],
    value: 'name',
    group: making,
    help: 'Distinguished name (default CN=SHAKEN test).',
  },
  tn: {
    kind: 'list',
    aliases: [],
    value: 'entry',
    group: making,
    help: 'Number, number+count or spc:CODE for the TNAuthList; may be repeated.',
  },
  days: { kind: 'number', aliases: [], value: 'days', group: making, help: 'Validity (default 30).' },
  ca: { kind: 'flag', aliases: [], value: '', group: making, help: 'A certificate that may sign others.' },
  'issuer-cert': {
    kind: 'text',
    aliases: [],
    value: 'file',
    group: making,
    help: 'Sign with this one (default: itself).',
  },
  'issuer-key': { kind: 'text', aliases: [], value: 'file', group: making, help: 'Its private key.' },
  force: { kind: 'flag', aliases: [], value: '', group: making, help: 'Overwrite files.' },

  json: { kind: 'flag', aliases: [], value: '', group: output, help: 'Results and refusals as JSON.' },
} as const satisfies OptionTable;

export const identityUsage = `Usage: olelo identity keys|sign|check|parse|serve [options]
STIR/SHAKEN: make and check Identity header fields (RFC 8224, 8225, 8226, 8588). Exit code 0 when it is good, 1 when it is
refused or could not be made, 2 for a mistake in the command.`;

export const identityExamples = `Examples:
  olelo identity keys -tn 15551230000+100
  olelo identity sign -o 15551230042 -d 15557654321 -a A -x5u https://certs.example.com/shaken-cert.pem -k shaken-private.pem
  olelo identity check -fidentity identity.txt -p shaken-cert.pem
  olelo identity serve -http-srv 127.0.0.1:8090 -http-dir public -k shaken-private.pem -cert-verify 5 -ca-file roots.pem`;
