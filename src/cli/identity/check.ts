import {
  CertificateSource,
  type CredentialSource,
  credentialFiles,
  type Outcome,
  parseIdentityHeader,
  parsePassport,
  success,
  TrustFiles,
  type VerifiedIdentity,
  type VerifyOptions,
  verifiedJson,
  verifyIdentity,
} from '../../identity/index.ts';
import { UsageError } from '../options.ts';
import { type IdentityCommand, refused, textOf } from './context.ts';

/** `check`: the exit code tells whether the header is good. */
export async function checkCommand(command: IdentityCommand): Promise<number> {
  const { values, program } = command;
  const text = await identityText(command);
  if (typeof text !== 'string') return refused(command, text);
  const options = await checker(command)();
  const outcome = options.ok
    ? await verifyIdentity(text, {
        ...options.value,
        origTn: values.text('orig-tn'),
        destTn: values.text('dest-tn'),
      })
    : options;
  if (!outcome.ok) return refused(command, outcome);
  program.out(
    values.flag('json') ? JSON.stringify(verifiedJson(outcome.value)) : verifiedText(outcome.value),
  );
  return 0;
}

async function identityText(command: IdentityCommand) {
  const { values, argument } = command;
  const text = argument ?? values.text('identity');
  if (text === undefined && values.text('fidentity') === undefined) {
    throw new UsageError('-identity or -fidentity tells what to look at; they are missing');
  }
  return textOf(command, text, values.text('fidentity'));
}

const telephoneNumbers = { no: 'ignore', present: 'when-present', always: 'required' } as const;

/** Gives the options of a check at this moment; files that have changed are read again. */
export function checker(command: IdentityCommand): () => Promise<Outcome<VerifyOptions>> {
  const { values, ports } = command;
  const checkTn = values.text('check-tn') ?? 'no';
  if (!(checkTn in telephoneNumbers))
    throw new UsageError(`-check-tn takes no, present or always, got "${checkTn}"`);
  const credential = credentialSource(command);
  const trustFiles = new TrustFiles(ports);
  const trustOptions = {
    certVerify: values.number('cert-verify') ?? 0,
    caFile: values.text('ca-file') ?? '',
    intermediatesFile: values.text('ca-inter') ?? '',
    crlFile: values.text('crl-file') ?? '',
    telephoneNumbers: telephoneNumbers[checkTn as keyof typeof telephoneNumbers],
  };
  return async () => {
    const trust = await trustFiles.load(trustOptions);
    if (!trust.ok) return trust;
    return success({
      credential,
      nowMs: ports.clock.wallMs(),
      maxAgeSec: values.number('expire') ?? 60,
      trust: trust.value,
    });
  };
}

function credentialSource({ values, ports }: IdentityCommand): CredentialSource {
  const fpubkey = values.text('fpubkey');
  if (fpubkey !== undefined) {
    const files = credentialFiles(ports);
    return () => files.get(fpubkey);
  }
  const options = {
    timeoutMs: (values.number('timeout') ?? 3) * 1000,
    cacheDir: values.text('cache-dir') ?? '',
    cacheExpireSec: values.number('cache-expire') ?? 3600,
    allowPrivate: values.flag('allow-private'),
  };
  const source = new CertificateSource(ports, () => options);
  return (url) => source.get(url);
}

function verifiedText({ passport, credential }: VerifiedIdentity): string {
  const { claims } = passport;
  const [certificate] = credential.certificates;
  const signer = certificate === undefined ? '' : `\nsigner:  ${certificate.subject.replaceAll('\n', ', ')}`;
  return `ok: ${claims.orig.tn[0] ?? claims.orig.uri[0]} calls ${[...claims.dest.tn, ...claims.dest.uri].join(', ')}${
    claims.attest === undefined ? '' : `, attestation ${claims.attest}`
  }\nsigned:  ${new Date(claims.iat * 1000).toISOString()}${signer}`;
}

/** `parse`: what is in it, believed or not. */
export async function parseCommand(command: IdentityCommand): Promise<number> {
  const text = await identityText(command);
  if (typeof text !== 'string') return refused(command, text);
  const header = parseIdentityHeader(text);
  if (!header.ok) return refused(command, header);
  const passport = parsePassport(header.value.token);
  if (!passport.ok) return refused(command, passport);
  const { info, alg, ppt } = header.value;
  const shown = {
    header: passport.value.header,
    payload: passport.value.payload,
    parameters: { info: info === '' ? undefined : info, alg, ppt },
    signature: passport.value.signature.toString('hex'),
  };
  command.program.out(JSON.stringify(shown, undefined, command.values.flag('json') ? undefined : 2));
  return 0;
}
