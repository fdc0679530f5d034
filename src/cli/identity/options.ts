import type { Flags } from '../flags.ts';

const what = 'What to do (or a verb: keys, sign, check, parse, serve)';
const token = 'Token to sign, or to compare with';
const keys = 'Keys';
const checking = 'Checking';
const http = 'HTTP service';
const making = 'Making keys and certificates (keys)';
const output = 'Output';

/** Options of `olelo identity`: those of secsipidx, and a few more. */
export const identityFlags = {
  signFull: {
    names: ['sign-full', 'S'],
    type: 'switch',
    group: what,
    help: 'sign; print the whole header value',
  },
  sign: { names: ['sign', 's'], type: 'switch', group: what, help: 'sign; print the token alone' },
  check: { names: ['check', 'c'], type: 'switch', group: what, help: 'check a header value or a token' },
  parse: { names: ['parse'], type: 'switch', group: what, help: 'show what is in it; nothing is checked' },
  httpSrv: {
    names: ['http-srv', 'H'],
    type: 'text',
    value: '[host]:port',
    group: what,
    help: 'serve over HTTP',
  },
  httpsSrv: {
    names: ['https-srv'],
    type: 'text',
    value: '[host]:port',
    group: what,
    help: 'serve over HTTPS',
  },
  ltest: {
    names: ['ltest', 'l'],
    type: 'switch',
    group: what,
    help: 'sign and check with a new key, to see that it works',
  },
  version: { names: ['version'], type: 'switch', group: what, help: 'print the version' },
  help: { names: ['help', 'h'], type: 'switch', group: what, help: 'this text' },

  origTn: { names: ['orig-tn', 'o'], type: 'text', value: 'number', group: token, help: 'calling number' },
  destTn: {
    names: ['dest-tn', 'd'],
    type: 'text',
    value: 'number,...',
    group: token,
    help: 'called number, or several',
  },
  attest: {
    names: ['attest', 'a'],
    type: 'text',
    value: 'A|B|C',
    group: token,
    help: 'attestation (default C)',
  },
  origId: {
    names: ['orig-id'],
    type: 'text',
    value: 'id',
    group: token,
    help: 'origination identifier (default: a UUID)',
  },
  x5u: { names: ['x5u'], type: 'text', value: 'URL', group: token, help: 'where the certificate is' },
  iat: {
    names: ['iat'],
    type: 'number',
    value: 'seconds',
    group: token,
    help: 'time of signing since the epoch (default: now)',
  },
  alg: { names: ['alg'], type: 'text', value: 'name', group: token, help: 'algorithm; there is ES256 only' },
  ppt: { names: ['ppt'], type: 'text', value: 'name', group: token, help: 'extension (default shaken)' },
  typ: {
    names: ['typ'],
    type: 'text',
    value: 'name',
    group: token,
    help: 'type of token (default passport)',
  },
  header: {
    names: ['header'],
    type: 'text',
    value: 'JSON',
    group: token,
    help: 'header, instead of one made of the options',
  },
  fheader: { names: ['fheader'], type: 'text', value: 'file', group: token, help: 'file with the header' },
  payload: {
    names: ['payload'],
    type: 'text',
    value: 'JSON',
    group: token,
    help: 'payload, instead of one made of the options',
  },
  fpayload: { names: ['fpayload'], type: 'text', value: 'file', group: token, help: 'file with the payload' },
  jsonParse: {
    names: ['json-parse'],
    type: 'switch',
    group: token,
    help: 'bring given JSON into canonical form before signing',
  },

  fprvkey: { names: ['fprvkey', 'k'], type: 'text', value: 'file', group: keys, help: 'private key, PEM' },
  fpubkey: {
    names: ['fpubkey', 'p'],
    type: 'text',
    value: 'file',
    group: keys,
    help: 'public key or certificate, PEM (default: fetch it)',
  },

  identity: {
    names: ['identity'],
    type: 'text',
    value: 'text',
    group: checking,
    help: 'header value or token',
  },
  fidentity: { names: ['fidentity'], type: 'text', value: 'file', group: checking, help: 'file with it' },
  expire: {
    names: ['expire'],
    type: 'number',
    value: 'seconds',
    group: checking,
    help: 'age at which it is stale (default 60)',
  },
  timeout: {
    names: ['timeout'],
    type: 'number',
    value: 'seconds',
    group: checking,
    help: 'for fetching the certificate (default 3)',
  },
  certVerify: {
    names: ['cert-verify'],
    type: 'number',
    value: 'bits',
    group: checking,
    help: '1 time, 2 system roots, 4 ca-file, 8 ca-inter, 16 crl-file (default 0)',
  },
  caFile: {
    names: ['ca-file'],
    type: 'text',
    value: 'file',
    group: checking,
    help: 'trusted root certificates',
  },
  caInter: {
    names: ['ca-inter'],
    type: 'text',
    value: 'file',
    group: checking,
    help: 'intermediate certificates',
  },
  crlFile: { names: ['crl-file'], type: 'text', value: 'file', group: checking, help: 'revocation lists' },
  checkTn: {
    names: ['check-tn'],
    type: 'text',
    value: 'no|present|always',
    group: checking,
    help: 'must the TNAuthList have the caller? (default no)',
  },
  cacheDir: {
    names: ['cache-dir'],
    type: 'text',
    value: 'dir',
    group: checking,
    help: 'keep fetched certificates here',
  },
  cacheExpire: {
    names: ['cache-expire'],
    type: 'number',
    value: 'seconds',
    group: checking,
    help: 'for so long (default 3600)',
  },
  allowPrivate: {
    names: ['allow-private'],
    type: 'switch',
    group: checking,
    help: 'fetch from loopback and private addresses too',
  },

  httpDir: { names: ['http-dir'], type: 'text', value: 'dir', group: http, help: 'files below /v1/pub/' },
  httpsPubkey: {
    names: ['https-pubkey'],
    type: 'text',
    value: 'file',
    group: http,
    help: 'certificate of the service',
  },
  httpsPrvkey: {
    names: ['https-prvkey'],
    type: 'text',
    value: 'file',
    group: http,
    help: 'private key of the service',
  },

  out: {
    names: ['out'],
    type: 'text',
    value: 'prefix',
    group: making,
    help: 'beginning of the file names (default shaken)',
  },
  subject: {
    names: ['subject'],
    type: 'text',
    value: 'name',
    group: making,
    help: 'distinguished name (default CN=SHAKEN test)',
  },
  tn: {
    names: ['tn'],
    type: 'texts',
    value: 'entry',
    group: making,
    help: 'number, number+count or spc:CODE for the TNAuthList; may be repeated',
  },
  days: { names: ['days'], type: 'number', value: 'days', group: making, help: 'validity (default 30)' },
  ca: { names: ['ca'], type: 'switch', group: making, help: 'a certificate that may sign others' },
  issuerCert: {
    names: ['issuer-cert'],
    type: 'text',
    value: 'file',
    group: making,
    help: 'sign with this one (default: itself)',
  },
  issuerKey: { names: ['issuer-key'], type: 'text', value: 'file', group: making, help: 'its private key' },
  force: { names: ['force'], type: 'switch', group: making, help: 'overwrite files' },

  json: { names: ['json'], type: 'switch', group: output, help: 'results and refusals as JSON' },
} as const satisfies Flags;

export const identityUsage = `Usage: olelo identity keys|sign|check|parse|serve [options]
STIR/SHAKEN: make and check Identity header fields (RFC 8224, 8225, 8226, 8588). Exit code 0 when it is good, 1 when it is
refused or could not be made, 2 for a mistake in the command.`;

export const identityExamples = `Examples:
  olelo identity keys -tn 15551230000+100
  olelo identity sign -o 15551230042 -d 15557654321 -a A -x5u https://certs.example.com/shaken-cert.pem -k shaken-private.pem
  olelo identity check -fidentity identity.txt -p shaken-cert.pem
  olelo identity serve -http-srv 127.0.0.1:8090 -http-dir public -k shaken-private.pem -cert-verify 5 -ca-file roots.pem`;
