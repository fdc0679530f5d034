import type { TransportProtocol } from '../../base/ports.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { Host } from '../../module/host.ts';
import { defaultPort } from '../../proxy/transport.ts';
import type { SipMessage } from '../../sip/message.ts';
import { buildRequest } from '../../sip/request.ts';
import { SipUri } from '../../sip/uri.ts';
import { aorHash, type Binding } from './api.ts';
import { MemoryDomain } from './memoryDomain.ts';
import type { UsrlocConfig } from './params.ts';

/** Bits of `ka_mode`. */
const KeepaliveMode = { all: 1, nat: 2, udpOnly: 4 } as const;
const callIdPrefix = 'ksrulka-';
/** `ka_loglevel` that turns the log line off. */
const noLog = 255;

/** Stateless requests to registered contacts, and the time until they answer (`ka_*`). */
export class Keepalives {
  readonly #host: Host;
  readonly #config: UsrlocConfig;
  readonly #domains: () => Iterable<object>;
  #logText: (context: ScriptContext) => string = () => '';
  #count = 0;

  /** `domains`: those of the service; only the ones in memory are kept alive. */
  constructor(host: Host, config: UsrlocConfig, domains: () => Iterable<object>) {
    this.#host = host;
    this.#config = config;
    this.#domains = domains;
  }

  /** Takes the answers out of the stream of responses. */
  listen(): void {
    if (this.#config.ka_loglevel !== noLog) this.#logText = this.#host.formats.text(this.#config.ka_logmsg);
    this.#host.hooks.onResponse((response, context) => this.#takeAnswer(response, context));
  }

  async send(): Promise<void> {
    for (const domain of this.#domains())
      if (domain instanceof MemoryDomain)
        await domain.forEach((binding) => {
          if (this.#wants(binding)) this.#sendTo(binding);
        });
  }

  #wants(binding: Binding): boolean {
    const mode = this.#config.ka_mode;
    const flag = this.#config.nat_bflag;
    const isNat = flag >= 0 && ((binding.branchFlags >>> flag) & 1) === 1;
    if ((mode & (KeepaliveMode.all | KeepaliveMode.udpOnly)) === 0 && !isNat) return false;
    if ((mode & KeepaliveMode.nat) !== 0 && (mode & KeepaliveMode.all) === 0 && !isNat) return false;
    if ((mode & KeepaliveMode.udpOnly) !== 0 && protocolOf(binding) !== 'udp') return false;
    if ((this.#config.ka_filter & 1) === 0) return true;
    return binding.serverId === Number(this.#host.settings.get('server_id') ?? 0);
  }

  #sendTo(binding: Binding): void {
    const uri = SipUri.parse(nextHopOf(binding));
    if (uri === undefined || uri.host === '') return;
    const proto = protocolOf(binding);
    const socket = binding.socket ?? this.#host.transport.socketFor(proto, bare(uri.host));
    if (socket === undefined) return;
    const address = bare(uri.host);
    // names are not resolved here: what registered had an address
    if (!/^[\d.]+$|:/.test(address)) return;
    const destination = {
      proto,
      address,
      port: uri.port === 0 ? defaultPort(proto) : uri.port,
      socket,
      connectionId: binding.connectionId,
      host: '',
    };
    const sentBy = `${socket.sentByHost}:${socket.sentByPort}`;
    this.#host.transport.send(
      this.#request(binding, `SIP/2.0/${proto.toUpperCase()} ${sentBy}`),
      destination,
    );
  }

  #request(binding: Binding, sentBy: string): string {
    this.#count = (this.#count + 1) >>> 0;
    const serial = this.#count.toString(16);
    const hash = aorHash(binding.aor).toString(16);
    const sentAt = this.#host.clock.nowMs();
    const to = binding.aor.includes('@') ? binding.aor : `${binding.aor}@${this.#config.ka_domain}`;
    return buildRequest({
      method: this.#config.ka_method,
      requestUri: binding.contact,
      via: `${sentBy};branch=z9hG4bKx.${serial}.${hash}.0`,
      from: `<${this.#config.ka_from}>;tag=${binding.ruid}-${hash}-${Math.floor(sentAt * 1000).toString(16)}-${serial}`,
      to: `<sip:${to}>`,
      callId: `${callIdPrefix}${this.#host.startId}-${serial}`,
      cseq: 80,
      routes: binding.path === '' ? undefined : [binding.path],
      headers: `${this.#host.settings.userAgentHeader}\r\n`,
    });
  }

  #takeAnswer(response: SipMessage, context: ScriptContext): boolean {
    if (!response.callId.startsWith(`${callIdPrefix}${this.#host.startId}-`)) return false;
    const parts = /^(.+)-[0-9a-f]+-([0-9a-f]{1,13})-[0-9a-f]+$/.exec(response.fromTag);
    if (parts === null) return false;
    const [, ruid = '', sentHex = '0'] = parts;
    const roundTripMicros = Math.floor(this.#host.clock.nowMs() * 1000) - Number.parseInt(sentHex, 16);
    if (roundTripMicros < 0) return true;
    for (const domain of this.#domains()) {
      const found = domain instanceof MemoryDomain && domain.noteKeepalive(ruid, roundTripMicros);
      if (found) this.#log(ruid, roundTripMicros, context);
    }
    return true;
  }

  #log(ruid: string, micros: number, context: ScriptContext): void {
    const level = this.#config.ka_loglevel;
    if (level === noLog || !this.#host.log.enabled(level)) return;
    const seconds = `${Math.floor(micros / 1_000_000)}.${`${micros % 1_000_000}`.padStart(6, '0')}`;
    const rest = this.#logText(context);
    this.#host.log.write(level, `keepalive roundtrip: ${seconds} sec - ruid [${ruid}]${rest}`);
  }
}

/** Where a keepalive goes: the first hop of the path, the source address, or the contact. */
function nextHopOf(binding: Binding): string {
  if (binding.path !== '') {
    const open = binding.path.indexOf('<');
    const close = binding.path.indexOf('>', open);
    if (open >= 0 && close > open) return binding.path.slice(open + 1, close);
  }
  return binding.received !== '' ? binding.received : binding.contact;
}

function protocolOf(binding: Binding): TransportProtocol {
  const uri = SipUri.parse(nextHopOf(binding));
  const named = uri?.transport;
  if (named === 'tcp' || named === 'tls' || named === 'ws' || named === 'wss' || named === 'sctp')
    return named;
  return uri?.scheme === 'sips' ? 'tls' : 'udp';
}

function bare(host: string): string {
  return host.startsWith('[') ? host.slice(1, -1) : host;
}
