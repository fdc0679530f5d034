/** How to verify the other side (`verify_client`, or `verify_certificate` with `require_certificate`). */
export type Verification = 'off' | 'optional_no_ca' | 'optional' | 'on';

export type Role = 'server' | 'client';

/** Which connections a profile is for, and how they are secured. As written: files are names, not contents. */
export interface Profile {
  readonly role: Role;
  /** `default`, `any`, or `address:port`; a port of 0 is any. */
  readonly place: 'default' | 'any' | { readonly address: string; readonly port: number };
  readonly options: ProfileOptions;
}

/** What a section of tls.cfg may set; what is missing comes from the default section, then from the parameters. */
export interface ProfileOptions {
  method?: string;
  certificate?: string;
  private_key?: string;
  ca_list?: string;
  ca_path?: string;
  crl?: string;
  cipher_list?: string;
  verify_certificate?: boolean;
  require_certificate?: boolean;
  verify_client?: Verification;
  verify_depth?: number;
  server_name?: string;
  server_name_mode?: number;
  server_id?: string;
}

/** `verify_client` wins over the two switches. */
export function verificationOf(options: ProfileOptions): Verification {
  const { verify_client, verify_certificate, require_certificate } = options;
  if (verify_client !== undefined) return verify_client;
  if (require_certificate === true) return 'on';
  return verify_certificate === true ? 'optional' : 'off';
}

/** As in the log and in tls.cfg: `server:127.0.0.1:5061`, with the name where there is one. */
export function profileName({ role, place, options }: Profile): string {
  const where = typeof place === 'string' ? place : `${bracketed(place.address)}:${place.port}`;
  return `${role}:${where}${options.server_name === undefined ? '' : ` (${options.server_name})`}`;
}

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
