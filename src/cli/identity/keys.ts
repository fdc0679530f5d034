import {
  failure,
  type Issuer,
  makeCertificate,
  makeKeyPair,
  parseTnEntry,
  readPrivateKey,
  type TnEntry,
} from '../../identity/index.ts';
import { UsageError } from '../options.ts';
import { type IdentityCommand, refused, textOf } from './context.ts';

const dayMs = 86_400_000;

/** `keys`: a key pair and a certificate for trials, in three files. */
export async function keysCommand(command: IdentityCommand): Promise<number> {
  const { values, ports, program } = command;
  const prefix = values.text('out') ?? 'shaken';
  const names = {
    private: `${prefix}-private.pem`,
    public: `${prefix}-public.pem`,
    certificate: `${prefix}-cert.pem`,
  };
  const existing = Object.values(names).find((name) => program.fileExists(name));
  if (existing !== undefined && !values.flag('force')) {
    return refused(command, failure('private-key', `${existing} exists already; -force overwrites it`));
  }
  const issuer = await issuerOf(command);
  if (issuer !== undefined && 'ok' in issuer) return refused(command, issuer);
  const pair = makeKeyPair();
  const nowMs = ports.clock.wallMs();
  const certificate = await makeCertificate(
    {
      subject: values.text('subject') ?? 'CN=SHAKEN test',
      // clocks of others may be a little behind
      notBefore: new Date(nowMs - 300_000),
      notAfter: new Date(nowMs + (values.number('days') ?? 30) * dayMs),
      telephoneNumbers: values.list('tn').map(entry),
      isAuthority: values.flag('ca'),
      serial: serialNumber(command),
    },
    pair.privateKey,
    issuer,
  );
  await ports.files.write(names.private, pair.privateKey, 0o600);
  await ports.files.write(names.public, pair.publicKey);
  await ports.files.write(names.certificate, certificate);
  program.out(
    values.flag('json')
      ? JSON.stringify({ ok: true, ...names })
      : `private key: ${names.private}\npublic key:  ${names.public}\ncertificate: ${names.certificate}`,
  );
  return 0;
}

function entry(word: string): TnEntry {
  const parsed = parseTnEntry(word);
  if (parsed === undefined)
    throw new UsageError(`-tn takes a number, number+count or spc:CODE, got "${word}"`);
  return parsed;
}

/** Positive, 16 bytes at most (RFC 5280 §4.1.2.2). */
function serialNumber({ ports }: IdentityCommand): string {
  const bytes = Buffer.from(ports.entropy.bytes(16));
  bytes[0] = ((bytes[0] as number) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

async function issuerOf(command: IdentityCommand) {
  const issuerCert = command.values.text('issuer-cert');
  const issuerKey = command.values.text('issuer-key');
  if (issuerCert === undefined && issuerKey === undefined) return undefined;
  if (issuerCert === undefined || issuerKey === undefined) {
    throw new UsageError('-issuer-cert and -issuer-key belong together');
  }
  const certificatePem = await textOf(command, undefined, issuerCert);
  if (typeof certificatePem !== 'string') return certificatePem;
  const privateKeyPem = await textOf(command, undefined, issuerKey);
  if (typeof privateKeyPem !== 'string') return privateKeyPem;
  const key = readPrivateKey(privateKeyPem);
  return key.ok ? ({ certificatePem, privateKeyPem } satisfies Issuer) : key;
}
