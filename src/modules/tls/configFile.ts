import { isIpAddress } from '../../sip/host.ts';
import { parseMethod } from './method.ts';
import type { Profile, ProfileOptions, Role, Verification } from './profile.ts';

/** Reads tls.cfg: sections `[server:...]` and `[client:...]`, lines `name = value`, `#` begins a comment. */
export interface TlsConfigFile {
  readonly profiles: readonly Profile[];
  /** `file:line: text`, all at once. */
  readonly errors: readonly string[];
}

type Setter = (options: ProfileOptions, value: string) => string | undefined;

const verifications: readonly string[] = ['off', 'on', 'optional', 'optional_no_ca'];

function text(
  key:
    | 'certificate'
    | 'private_key'
    | 'ca_list'
    | 'ca_path'
    | 'crl'
    | 'cipher_list'
    | 'server_name'
    | 'server_id',
): Setter {
  return (options, value) => {
    options[key] = value;
    return undefined;
  };
}

function bool(key: 'verify_certificate' | 'require_certificate'): Setter {
  return (options, value) => {
    if (!/^(yes|no|on|off|true|false|1|0)$/i.test(value)) return `takes yes or no, not '${value}'`;
    options[key] = /^(yes|on|true|1)$/i.test(value);
    return undefined;
  };
}

function number(key: 'verify_depth' | 'server_name_mode'): Setter {
  return (options, value) => {
    if (!/^\d{1,4}$/.test(value)) return `takes a number, not '${value}'`;
    options[key] = Number(value);
    return undefined;
  };
}

const method: Setter = (options, value) => {
  const range = parseMethod(value);
  if (typeof range === 'string') return range;
  options.method = value;
  return undefined;
};

const setters: Readonly<Record<string, Setter>> = {
  method,
  tls_method: method,
  verify_certificate: bool('verify_certificate'),
  verify_cert: bool('verify_certificate'),
  require_certificate: bool('require_certificate'),
  require_cert: bool('require_certificate'),
  verify_client: (options, value) => {
    if (!verifications.includes(value.toLowerCase()))
      return `takes ${verifications.join(', ')}, not '${value}'`;
    options.verify_client = value.toLowerCase() as Verification;
    return undefined;
  },
  verify_depth: number('verify_depth'),
  private_key: text('private_key'),
  pkey_file: text('private_key'),
  certificate: text('certificate'),
  cert_file: text('certificate'),
  ca_list: text('ca_list'),
  calist_file: text('ca_list'),
  ca_path: text('ca_path'),
  crl: text('crl'),
  cipher_list: text('cipher_list'),
  server_name: text('server_name'),
  server_name_mode: number('server_name_mode'),
  server_id: text('server_id'),
};

export function parseTlsConfig(content: string, file: string): TlsConfigFile {
  const profiles: Profile[] = [];
  const errors: string[] = [];
  let section: Profile | undefined;
  content.split(/\r?\n/).forEach((written, index) => {
    const line = withoutComment(written);
    if (line === '') return;
    const complain = (text: string) => errors.push(`${file}:${index + 1}: ${text}`);
    if (!line.startsWith('[')) {
      const problem =
        section === undefined ? 'stands before the first section' : setOption(section.options, line);
      if (problem !== undefined) complain(problem);
      return;
    }
    const profile = parseSection(line);
    if (typeof profile === 'string') complain(profile);
    else {
      section = profile;
      profiles.push(profile);
    }
  });
  return { profiles, errors: [...errors, ...conflicts(profiles, file)] };
}

/** `#` and `;` begin a comment at the start of a line or behind a blank, outside of quotes. */
function withoutComment(line: string): string {
  const match = /^(?:[^"#;]|"[^"]*"|(?<=\S)[#;])*/.exec(line);
  return (match?.[0] ?? '').trim();
}

function setOption(options: ProfileOptions, line: string): string | undefined {
  const equals = line.indexOf('=');
  const name = (equals < 0 ? line : line.slice(0, equals)).trim().toLowerCase();
  const set = setters[name];
  if (set === undefined) return `there is no option '${name}'`;
  const value =
    equals < 0
      ? ''
      : line
          .slice(equals + 1)
          .trim()
          .replace(/^"(.*)"$/, '$1');
  const problem = set(options, value);
  return problem === undefined ? undefined : `${name}: ${problem}`;
}

function parseSection(line: string): Profile | string {
  const match = /^\[\s*(server|client)\s*:\s*(.+?)\s*\]$/i.exec(line);
  if (match === null)
    return `'${line}' is no section; [server:default] and [client:10.0.0.1:5061] are, for example`;
  const role = (match[1] as string).toLowerCase() as Role;
  const where = match[2] as string;
  if (/^(default|any)$/i.test(where))
    return { role, place: where.toLowerCase() as 'default' | 'any', options: {} };
  const parts = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(where);
  const address = parts?.[1] ?? parts?.[2] ?? '';
  if (!isIpAddress(address)) return `'${where}' is no address with a port, and neither default nor any`;
  return { role, place: { address, port: Number(parts?.[3] ?? 0) }, options: {} };
}

/** One default of each kind; several for the same place need names to tell them apart. */
function conflicts(profiles: readonly Profile[], file: string): string[] {
  const errors: string[] = [];
  for (const role of ['server', 'client'] as const) {
    const defaults = profiles.filter((each) => each.role === role && each.place === 'default').length;
    if (defaults > 1) errors.push(`${file}: [${role}:default] comes ${defaults} times`);
  }
  for (const { role, place, options } of profiles) {
    if (place === 'any' && options.server_name === undefined && options.server_id === undefined)
      errors.push(`${file}: [${role}:any] has no server_name to tell when it is meant`);
  }
  return errors;
}
