import type { KeyObject } from 'node:crypto';
import { randomUuid } from '../../base/uuid.ts';
import {
  type Attestation,
  canonicalJson,
  claimsJson,
  failure,
  isHeaderUri,
  makeKeyPair,
  type Outcome,
  parseJson,
  privateKeyFiles,
  readCredential,
  readPrivateKey,
  renderIdentityHeader,
  shakenClaims,
  signJson,
  signShaken,
  success,
  verifyIdentity,
} from '../../identity/index.ts';
import { UsageError } from '../options.ts';
import { type IdentityCommand, refused, textOf } from './context.ts';

/** `sign`, `-sign` (the token alone) and `-sign-full`. */
export async function signCommand(command: IdentityCommand): Promise<number> {
  const { values, ports, program } = command;
  const alg = values.text('alg') ?? 'ES256';
  if (alg !== 'ES256') throw new UsageError(`-alg ${alg}: RFC 8225 knows ES256 only`);
  const keyFile = values.text('fprvkey');
  if (keyFile === undefined) {
    throw new UsageError('-fprvkey names the file of the private key; it is missing');
  }
  const key = await privateKeyFiles(ports).get(keyFile);
  if (!key.ok) return refused(command, key);
  const token = await makeToken(command, key.value);
  if (!token.ok) return refused(command, token);
  const bare = values.flag('sign') && !values.flag('sign-full');
  const result = bare ? token : withParameters(command, token.value);
  if (!result.ok) return refused(command, result);
  program.out(values.flag('json') ? JSON.stringify({ ok: true, identity: result.value }) : result.value);
  return 0;
}

async function makeToken(command: IdentityCommand, key: KeyObject): Promise<Outcome<string>> {
  const { values } = command;
  const header = await jsonPart(command, values.text('header'), values.text('fheader'), () =>
    canonicalJson({
      alg: 'ES256',
      ppt: extension(command),
      typ: values.text('typ') ?? 'passport',
      x5u: values.text('x5u'),
    }),
  );
  if (!header.ok) return header;
  const payload = await jsonPart(command, values.text('payload'), values.text('fpayload'), () =>
    payloadOf(command),
  );
  return payload.ok ? success(signJson(header.value, payload.value, key)) : payload;
}

/** JSON as it was given, in canonical form with -json-parse, or made of the options. */
async function jsonPart(
  command: IdentityCommand,
  text: string | undefined,
  file: string | undefined,
  make: () => string,
): Promise<Outcome<string>> {
  const given = await textOf(command, text, file);
  if (typeof given !== 'string') return given;
  if (given === '') return success(make());
  const value = parseJson(given);
  if (typeof value !== 'object' || value === null)
    return failure('format', `"${given.slice(0, 60)}" is no JSON object`);
  return success(command.values.flag('json-parse') ? canonicalJson(value) : given);
}

function payloadOf(command: IdentityCommand): string {
  const { values, ports } = command;
  const origTn = values.text('orig-tn');
  const destTn = values.text('dest-tn');
  const attest = values.text('attest') ?? 'C';
  if (origTn === undefined || destTn === undefined) {
    throw new UsageError('-orig-tn and -dest-tn, or -payload, tell what to sign; they are missing');
  }
  if (!['A', 'B', 'C'].includes(attest)) throw new UsageError(`-attest takes A, B or C, got "${attest}"`);
  const claims = shakenClaims({
    origTn,
    destTn: destTn.split(','),
    attest: attest as Attestation,
    origId: values.text('orig-id') ?? randomUuid(command.ports.entropy),
    x5u: values.text('x5u') ?? '',
    iat: values.number('iat') ?? Math.floor(ports.clock.wallMs() / 1000),
  });
  return canonicalJson(claimsJson(claims));
}

function extension({ values }: IdentityCommand): string {
  return values.text('ppt') ?? 'shaken';
}

function withParameters(command: IdentityCommand, token: string): Outcome<string> {
  const x5u = command.values.text('x5u');
  if (x5u === undefined) return failure('x5u', '-x5u tells where the certificate is; a header must have it');
  if (!isHeaderUri(x5u)) return failure('x5u', `"${x5u}" does not fit into a header field`);
  return success(renderIdentityHeader({ token, info: x5u, alg: 'ES256', ppt: extension(command) }));
}

/** Signs and checks with a new key. */
export async function localTest(command: IdentityCommand): Promise<number> {
  const pair = makeKeyPair();
  const key = readPrivateKey(pair.privateKey);
  if (!key.ok) return refused(command, key);
  const nowMs = command.ports.clock.wallMs();
  const call = {
    origTn: '493044448888',
    destTn: '493055559999',
    attest: 'A',
    origId: randomUuid(command.ports.entropy),
  } as const;
  const iat = Math.floor(nowMs / 1000);
  const signed = signShaken({ ...call, x5u: 'https://certs.example.com/shaken.pem', iat }, key.value);
  if (!signed.ok) return refused(command, signed);
  const checked = await verifyIdentity(signed.value, {
    credential: () => readCredential(pair.publicKey),
    nowMs,
    maxAgeSec: 60,
    origTn: call.origTn,
    destTn: call.destTn,
  });
  if (!checked.ok) return refused(command, checked);
  command.program.out(`signed:  ${signed.value}\nchecked: ok`);
  return 0;
}
