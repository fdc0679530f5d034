import { TransportError } from '../../base/errors.ts';
import type { Net, StreamConnection, StreamConnectOptions } from '../../base/ports.ts';
import type { TlsConnection } from '../../base/tlsPort.ts';
import type { Host } from '../../module/host.ts';
import { XavpNode } from '../../module/variables.ts';
import { setOutgoing } from '../../module/wire.ts';
import type { Destination } from '../../proxy/flow.ts';
import { drop } from './drop.ts';
import { setOwnSession } from './ownSession.ts';
import type { TlsConfig } from './parameters.ts';
import type { ProfileTable } from './profileTable.ts';
import type { SecuredProfile } from './securedProfile.ts';
import { objectionTo } from './verdict.ts';

const connectionOut = 'tls:connection-out';

/** What a script may say about the connections that its message opens (`xavp_cfg`). */
interface Wishes {
  readonly serverName: string;
  readonly serverId: string;
}

/** Opens connections to others: chooses the profile, asks for a name, verifies who answers. */
export class Connector {
  /** `tls_set_connect_server_id`: for the next connection. */
  nextServerId = '';
  readonly #host: Host;
  readonly #config: TlsConfig;
  readonly #profiles: () => ProfileTable<SecuredProfile>;

  constructor(host: Host, config: TlsConfig, profiles: () => ProfileTable<SecuredProfile>) {
    this.#host = host;
    this.#config = config;
    this.#profiles = profiles;
  }

  async connect(
    net: Net,
    destination: Destination,
    options: StreamConnectOptions,
  ): Promise<StreamConnection> {
    const { address, port } = destination;
    const wishes = this.#wishes();
    const profile = this.#profileFor(destination, wishes);
    if (profile === undefined) throw refusal(destination, 'there is no client profile');
    const serverName = wishes.serverName || profile.profile.options.server_name || destination.host;
    const connection = await net.tls.connect(address, port, {
      ...options,
      context: profile.context,
      serverName,
    });
    const objection = objectionTo(connection.session, {
      verification: demandOf(profile),
      verifyDepth: profile.verifyDepth,
      domain: this.#config.verify_names === 0 ? '' : serverName,
      wildcards: this.#config.verify_names === 2,
    });
    if (objection === undefined && this.#isWelcome(connection, destination)) return connection;
    drop(connection);
    throw refusal(destination, objection ?? `dropped by event_route[${connectionOut}]`);
  }

  #profileFor(
    { address, port, host }: Destination,
    { serverName, serverId }: Wishes,
  ): SecuredProfile | undefined {
    const profiles = this.#profiles();
    const byId = serverId === '' ? undefined : profiles.byId('client', serverId);
    return byId ?? profiles.find('client', address, port, serverName || host);
  }

  #wishes(): Wishes {
    const id = this.nextServerId;
    this.nextServerId = '';
    const { xavp_cfg } = this.#config;
    const xavps = xavp_cfg === '' ? undefined : this.#host.runningContext?.()?.variables.xavps;
    const node = xavps?.get(xavp_cfg);
    const text = (name: string): string => {
      const value = node instanceof XavpNode ? node.get(name) : null;
      return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
    };
    return { serverName: text('server_name'), serverId: id || text('server_id') };
  }

  /** Runs event_route[tls:connection-out]; `drop` in it refuses the connection. */
  #isWelcome(connection: TlsConnection, destination: Destination): boolean {
    const { routes, log } = this.#host;
    if (!routes.has('event', connectionOut)) return true;
    const context = routes.fakeContext();
    const { socket } = destination;
    const { address, port } = destination;
    context.flow = { ...context.flow, ...(socket !== undefined && { socket }), proto: 'tls', address, port };
    setOutgoing(context, { text: '', socket, destination });
    setOwnSession(context, connection.session);
    if (typeof routes.run('event', connectionOut, context) === 'number') return !context.dropped;
    log.error(`event_route[${connectionOut}] must not call anything that waits; the connection is used`);
    return true;
  }
}

/** A server always has a certificate: asking for it and demanding it are the same. */
function demandOf({ verification }: SecuredProfile): SecuredProfile['verification'] {
  return verification === 'optional' ? 'on' : verification;
}

function refusal({ address, port }: Destination, why: string): TransportError {
  const where = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  return new TransportError('TLS_REFUSED', `TLS connection to ${where} not used: ${why}`, { address, port });
}
