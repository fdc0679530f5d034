import { errorText, ServerError } from '../../base/errors.ts';
import type { Files } from '../../base/ports.ts';
import type { TlsContext, TlsNet, TlsSettings } from '../../base/tlsPort.ts';
import { parseMethod } from './method.ts';
import {
  type Profile,
  type ProfileOptions,
  profileName,
  type Verification,
  verificationOf,
} from './profile.ts';
import { weaknessesOf } from './weaknesses.ts';

/** A profile with its files read and its context made. */
export interface SecuredProfile {
  readonly profile: Profile;
  readonly context: TlsContext;
  readonly verification: Verification;
  /** Certificates between the peer's own and a trusted one, at most. */
  readonly verifyDepth: number;
}

export interface SecuringParts {
  readonly tls: TlsNet;
  readonly files: Files;
  /** Tickets for resumption, and the mark of this service on them. */
  readonly resumption: boolean;
  readonly sessionContext: string;
  readonly nowMs: number;
  /** A file name of the config as a path. */
  path(name: string): string;
  warn(text: string): void;
}

const defaultMethod = 'TLSv1.2+';
const defaultDepth = 9;
/** Where a server's certificate is when nothing is said. */
const defaultCertificate = 'cert.pem';

/** @throws ServerError that names the profile and what is wrong. */
export async function secureProfile(profile: Profile, parts: SecuringParts): Promise<SecuredProfile> {
  try {
    const settings = await settingsOf(profile, parts);
    const verification = verificationOf(profile.options);
    for (const weakness of weaknessesOf(profile, settings, verification, parts.nowMs)) {
      parts.warn(`${profileName(profile)}: ${weakness}`);
    }
    const context = parts.tls.context(settings);
    return { profile, context, verification, verifyDepth: profile.options.verify_depth ?? defaultDepth };
  } catch (error) {
    throw new ServerError('TLS_PROFILE', `${profileName(profile)}: ${errorText(error)}`, { cause: error });
  }
}

async function settingsOf({ role, options }: Profile, parts: SecuringParts): Promise<TlsSettings> {
  const range = parseMethod(options.method ?? defaultMethod);
  if (typeof range === 'string') throw new ServerError('TLS_METHOD', range);
  const certificate = options.certificate ?? (role === 'server' ? defaultCertificate : undefined);
  const key = options.private_key ?? certificate;
  return {
    ...range,
    certificate: await readPem(certificate, 'certificate', parts),
    privateKey: certificate === undefined ? undefined : await readPem(key, 'private_key', parts),
    trusted: await trustedOf(options, parts),
    revocations: await revocationsOf(options, parts),
    ciphers: options.cipher_list,
    resumption: parts.resumption,
    sessionContext: parts.sessionContext.slice(0, 32),
  };
}

async function trustedOf(
  { ca_list, ca_path }: ProfileOptions,
  parts: SecuringParts,
): Promise<readonly string[]> {
  const trusted: string[] = [];
  const list = await readPem(ca_list, 'ca_list', parts);
  if (list !== undefined) trusted.push(list);
  if (ca_path === undefined) return trusted;
  const folder = parts.path(ca_path);
  for (const name of parts.files.listSync(folder)) {
    const text =
      (await parts.files.read(`${folder}/${name}`).catch(() => undefined))?.toString('latin1') ?? '';
    if (text.includes('-----BEGIN CERTIFICATE-----')) trusted.push(text);
  }
  return trusted;
}

async function revocationsOf({ crl }: ProfileOptions, parts: SecuringParts): Promise<readonly string[]> {
  const list = await readPem(crl, 'crl', parts);
  return list === undefined ? [] : [list];
}

/** The error names the file, never what is in it. */
async function readPem(
  name: string | undefined,
  purpose: string,
  { files, path }: SecuringParts,
): Promise<string | undefined> {
  if (name === undefined || name === '') return undefined;
  if (name.startsWith('/engine:'))
    throw new ServerError('TLS_ENGINE', `${purpose}: OpenSSL engines (${name}) are not supported`);
  const file = path(name);
  const text = await files.read(file).catch((error: unknown) => {
    throw new ServerError('TLS_FILE', `${purpose} '${file}' cannot be read: ${errorText(error)}`);
  });
  const pem = text.toString('latin1');
  if (!pem.includes('-----BEGIN ')) throw new ServerError('TLS_FILE', `${purpose} '${file}' is no PEM file`);
  return pem;
}
