import { arg, defineModule } from '../../module/define.ts';
import { params } from './params.ts';
import { type IdentityParts, lastResult, Secsipid } from './secsipid.ts';

const parts = [
  arg.string('origTN', 'calling number'),
  arg.string('destTN', 'called number'),
  arg.string('attest', 'attestation: A, B or C'),
  arg.string('origID', 'origination identifier; empty makes a UUID'),
  arg.string('x5u', 'URL of the certificate'),
] as const;

const keyPath = arg.string('keyPath', 'file with the private key');

function asParts(origTn: string, destTn: string, attest: string, origId: string, x5u: string): IdentityParts {
  return { origTn, destTn, attest, origId, x5u };
}

const failureCodes = {
  '-1': 'no Identity header, or not signed',
  '-103': 'certificate expired',
  '-112': 'certificate revoked',
  '-231': 'payload malformed',
  '-232': 'token too old',
  '-251': 'signature wrong',
  '-301': 'header malformed',
  '-402': 'certificate not fetched',
  '-451': 'key file not read',
};

export default defineModule({
  name: 'secsipid',
  summary: 'STIR/SHAKEN: makes and checks Identity headers.',
  params,
  create: (host, config) => new Secsipid(host, config),
  functions: ({ signature }) => ({
    secsipid_check_identity: {
      doc: 'Checks the Identity header with the key in a file, or with the certificate that it names when the path is empty.',
      returns: failureCodes,
      signatures: [
        signature({
          args: [arg.string('keyPath', 'file with public key or certificate; empty fetches it')],
          kemi: 'secsipid_check_identity',
          waits: true,
          run: (self, context, path) => self.checkMessage(context, path),
        }),
      ],
    },
    secsipid_check_identity_pubkey: {
      doc: 'Checks the Identity header with a public key or certificate in PEM.',
      returns: failureCodes,
      signatures: [
        signature({
          args: [arg.string('pubkeyVal', 'PEM')],
          kemi: 'secsipid_check_identity_pubkey',
          waits: true,
          run: (self, context, key) => self.checkMessageWithKey(context, key),
        }),
      ],
    },
    secsipid_check: {
      doc: 'Checks an Identity header value.',
      returns: failureCodes,
      signatures: [
        signature({
          args: [
            arg.string('sIdentity', 'header value'),
            arg.string('keyPath', 'file with public key or certificate; empty fetches it'),
          ],
          kemi: 'secsipid_check',
          waits: true,
          run: (self, _context, value, path) => self.check(value, path),
        }),
      ],
    },
    secsipid_get_url: {
      doc: 'Fetches what is behind a URL into a variable.',
      signatures: [
        signature({
          args: [arg.string('url', 'http or https URL'), arg.variable('ovar', 'variable for the content')],
          kemi: 'secsipid_get_url',
          waits: true,
          run: (self, context, url, into) => self.getUrl(context, url, into),
        }),
      ],
    },
    secsipid_add_identity: {
      doc: 'Signs the call and appends the Identity header.',
      signatures: [
        signature({
          args: [...parts, keyPath],
          kemi: 'secsipid_add_identity',
          waits: true,
          run: (self, context, origTn, destTn, attest, origId, x5u, path) =>
            self.add(context, asParts(origTn, destTn, attest, origId, x5u), path),
        }),
      ],
    },
    secsipid_build_identity: {
      doc: 'Signs the call and leaves the header value in $secsipid(val).',
      signatures: [
        signature({
          args: [...parts, keyPath],
          kemi: 'secsipid_build_identity',
          waits: true,
          run: (self, context, origTn, destTn, attest, origId, x5u, path) =>
            self.build(context, asParts(origTn, destTn, attest, origId, x5u), path),
        }),
      ],
    },
    secsipid_build_identity_prvkey: {
      doc: 'As secsipid_build_identity, with the private key itself.',
      signatures: [
        signature({
          args: [...parts, arg.string('keyData', 'private key in PEM')],
          kemi: 'secsipid_build_identity_prvkey',
          run: (self, context, origTn, destTn, attest, origId, x5u, key) =>
            self.buildWithKey(context, asParts(origTn, destTn, attest, origId, x5u), key),
        }),
      ],
    },
    secsipid_sign: {
      doc: 'Signs two JSON texts and leaves the token in $secsipid(val).',
      signatures: [
        signature({
          args: [arg.string('sheaders', 'header'), arg.string('spayload', 'payload'), keyPath],
          kemi: 'secsipid_sign',
          waits: true,
          run: (self, context, header, payload, path) => self.sign(context, header, payload, path),
        }),
      ],
    },
  }),
  pvs: {
    secsipid: {
      doc: 'val: what was signed last; ret: its length, or the negative code of the failure.',
      inner: 'required',
      bind: (_self, { inner }) => {
        if (inner === 'val') return { get: (context) => lastResult(context).value };
        if (inner === 'ret') return { get: (context) => lastResult(context).code, type: 'int' };
        return { message: `$secsipid(${inner ?? '...'}) is unknown: there are val and ret` };
      },
    },
  },
  statistics: {
    fetched_certificates: { doc: 'Certificates fetched.', read: ({ counts }) => counts.fetched },
    failed_fetches: { doc: 'Certificates that could not be fetched.', read: ({ counts }) => counts.failed },
    cached_certificates: { doc: 'Certificates found in the cache.', read: ({ counts }) => counts.fromCache },
  },
  start: (self) => self.start(),
});
