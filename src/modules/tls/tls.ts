import { errorText, ServerError } from '../../base/errors.ts';
import type { TlsConnection, TlsServerProfile, TlsSession } from '../../base/tlsPort.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { Host } from '../../module/host.ts';
import { Certificate } from './certificate.ts';
import { parseTlsConfig } from './configFile.ts';
import { Connector } from './connector.ts';
import { ownSessionOf } from './ownSession.ts';
import type { TlsConfig } from './parameters.ts';
import type { Profile, ProfileOptions } from './profile.ts';
import { ProfileTable } from './profileTable.ts';
import { type SecuredProfile, secureProfile } from './securedProfile.ts';
import { tlsKind } from './tlsKind.ts';
import { objectionTo } from './verdict.ts';

/** TLS connections of this server: profiles, certificates, who may come in. */
export class Tls {
  readonly host: Host;
  readonly config: TlsConfig;
  readonly connector: Connector;
  #profiles = new ProfileTable<SecuredProfile>([]);
  /** Parsed once, whatever a script reads of them. */
  readonly #certificates = new WeakMap<Uint8Array, Certificate>();

  constructor(host: Host, config: TlsConfig) {
    this.host = host;
    this.config = config;
    this.connector = new Connector(host, config, () => this.#profiles);
  }

  get isEnabled(): boolean {
    const { settings } = this.host;
    return Number(settings.get('enable_tls') ?? 0) !== 0 && Number(settings.get('disable_tls') ?? 0) === 0;
  }

  get profiles(): ProfileTable<SecuredProfile> {
    return this.#profiles;
  }

  async start(): Promise<void> {
    if (!this.isEnabled) {
      this.host.log.warn('TLS is disabled: enable_tls=yes opens its sockets');
      return;
    }
    const { event_callback } = this.config;
    if (event_callback !== '')
      this.host.log.warn(
        `event callback (${event_callback}) needs a scripting engine, which Olelo does not have yet`,
      );
    this.#profiles = await this.#load();
    this.host.transport.streams?.add(tlsKind(this.host, this.config, this));
  }

  /** New connections are secured by the files as they are now. When something is wrong with them, nothing changes. */
  async reload(): Promise<void> {
    if (this.config.config === '')
      throw new ServerError('TLS_NO_FILE', 'No TLS configuration file configured');
    this.#profiles = await this.#load();
  }

  /** How to serve a client; undefined when there is no profile for it. */
  profileFor(address: string, port: number, serverName: string): TlsServerProfile | undefined {
    const found = this.#profiles.find('server', address, port, serverName);
    if (found === undefined) return undefined;
    return { context: found.context, requestCertificate: found.verification !== 'off' };
  }

  /** Lets a client in, or tells in the log why not. */
  admit(connection: TlsConnection): boolean {
    const { session, local, remote } = connection;
    const profile = this.#profiles.find('server', local.address, local.port, session.serverName);
    const objection =
      profile === undefined
        ? 'there is no profile for it any more'
        : objectionTo(session, { ...profile, domain: '', wildcards: false });
    if (objection === undefined) return true;
    this.refused(`${remote.address}:${remote.port}: ${objection}`);
    return false;
  }

  refused(text: string): void {
    this.host.log.write(this.config.tls_log, `TLS connection with ${text}`);
  }

  session(context: ScriptContext): TlsSession | undefined {
    return ownSessionOf(context) ?? this.host.transport.streams?.session(context.flow.connectionId);
  }

  certificate(context: ScriptContext, whose: 'peer' | 'my'): Certificate | undefined {
    const session = this.session(context);
    const raw = whose === 'peer' ? session?.peerCertificates[0] : session?.ownCertificate;
    if (raw === undefined) return undefined;
    let certificate = this.#certificates.get(raw);
    if (certificate === undefined) {
      certificate = new Certificate(raw);
      this.#certificates.set(raw, certificate);
    }
    return certificate;
  }

  isPeerVerified(context: ScriptContext): number {
    return this.session(context)?.verifyError === '' ? 1 : -1;
  }

  setConnectServerId(id: string): number {
    this.connector.nextServerId = id;
    return 1;
  }

  /** A file name as users write it: absolute, `./` for the working directory, else beside the config. */
  path(name: string): string {
    if (name.startsWith('/')) return name;
    if (name.startsWith('.')) return `${this.host.machine.workingDirectory()}/${name}`;
    const config = this.host.configFile ?? '';
    return config.slice(0, config.lastIndexOf('/') + 1) + name;
  }

  async #load(): Promise<ProfileTable<SecuredProfile>> {
    const profiles = withDefaults(await this.#readProfiles());
    const { session_cache, session_id } = this.config;
    const parts = {
      tls: this.host.net.tls,
      files: this.host.files,
      resumption: session_cache !== 0,
      sessionContext: session_id,
      nowMs: this.host.clock.wallMs(),
      path: (name: string) => this.path(name),
      warn: (text: string) => this.host.log.warn(text),
    };
    const ready = await Promise.allSettled(profiles.map((profile) => secureProfile(profile, parts)));
    const errors = ready.flatMap((each) => (each.status === 'rejected' ? [errorText(each.reason)] : []));
    if (errors.length > 0) throw new ServerError('TLS_PROFILES', `TLS: ${errors.join('; ')}`);
    const secured = ready.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    return new ProfileTable(secured.map((each) => ({ profile: each.profile, ready: each })));
  }

  /** Of tls.cfg, or of all files in that folder; without one the parameters make the two default profiles. */
  async #readProfiles(): Promise<readonly Profile[]> {
    const { config } = this.config;
    if (config === '') return profilesOf(this.config);
    const path = this.path(config);
    const profiles: Profile[] = [];
    const errors: string[] = [];
    for (const file of this.#filesOf(path)) {
      const text = await this.host.files.read(file).catch((error: unknown) => {
        throw new ServerError('TLS_FILE', `config '${file}' cannot be read: ${errorText(error)}`);
      });
      const parsed = parseTlsConfig(text.toString('utf8'), file);
      profiles.push(...parsed.profiles);
      errors.push(...parsed.errors);
    }
    if (errors.length > 0) throw new ServerError('TLS_CONFIG', errors.join('; '));
    return profiles;
  }

  #filesOf(path: string): readonly string[] {
    try {
      return this.host.files.listSync(path).map((name) => `${path}/${name}`);
    } catch {
      return [path]; // no folder
    }
  }
}

function profilesOf(config: TlsConfig): readonly Profile[] {
  const optional = (value: string): string | undefined => (value === '' ? undefined : value);
  const options: ProfileOptions = {};
  const texts = {
    method: optional(config.tls_method),
    certificate: optional(config.certificate),
    private_key: optional(config.private_key),
    ca_list: optional(config.ca_list),
    ca_path: optional(config.ca_path),
    crl: optional(config.crl),
    cipher_list: optional(config.cipher_list),
    server_name: optional(config.server_name),
  };
  for (const [name, value] of Object.entries(texts))
    if (value !== undefined) Object.assign(options, { [name]: value });
  options.verify_certificate = config.verify_certificate !== 0;
  options.require_certificate = config.require_certificate !== 0;
  options.verify_depth = config.verify_depth;
  if (config.verify_client !== '')
    options.verify_client = config.verify_client as Exclude<ProfileOptions['verify_client'], undefined>;
  return [
    { role: 'server', place: 'default', options },
    { role: 'client', place: 'default', options },
  ];
}

/** Outgoing connections need a profile, and so do clients that no other section is for. */
function withDefaults(profiles: readonly Profile[]): readonly Profile[] {
  const has = (role: Profile['role']) =>
    profiles.some((each) => each.role === role && each.place === 'default');
  return [
    ...profiles,
    ...(['server', 'client'] as const)
      .filter((role) => !has(role))
      .map((role): Profile => ({ role, place: 'default', options: {} })),
  ];
}
