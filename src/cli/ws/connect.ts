import type { WebSocketConnection } from '../../base/ports.ts';
import { refuseLineBreaks } from '../../client/compose.ts';
import { ClientFailure } from '../../client/failure.ts';
import { messageLimits } from '../../client/limits.ts';
import { certificateName, linkFailure } from '../../client/openLink.ts';
import { locateServers } from '../../client/outbound.ts';
import { parseTarget } from '../../client/target.ts';
import { judgeTls, tlsContext } from '../../client/tlsRules.ts';
import type { ClientProgram } from '../clientProgram.ts';
import { localBinding, tlsOptions } from '../send/settings.ts';
import type { WsGiven } from './frames.ts';

/** Connects as the options want it, to the first address that can be connected to. */
export async function connectWebSocket(given: WsGiven, program: ClientProgram): Promise<WebSocketConnection> {
  const url = given.positionals[0] ?? given.text('url') ?? 'wss://127.0.0.1:8443';
  if (!/^wss?:\/\//i.test(url)) throw new ClientFailure('usage', `"${url}" is no ws:// or wss:// URL`);
  const { hop } = parseTarget([url]);
  const ports = program.clientPorts();
  const tls = tlsOptions(given, given.flag('insecure'), program);
  const headers = headersOf(given);
  const local = localBinding(given.text('laddr'));
  let failure: ClientFailure | undefined;
  for (const place of await locateServers(ports, hop, undefined)) {
    const name = certificateName(place, { tls });
    try {
      return await ports.webSocket.connect(place.address, place.port, {
        url,
        protocols: [given.text('protocol') ?? 'sip'].filter((protocol) => protocol !== ''),
        origin: (given.text('origin') ?? 'http://127.0.0.1') || undefined,
        headers,
        localAddress: local.address,
        localPort: local.port === 0 ? undefined : local.port,
        timeoutMs: given.number('timeout-connect', 1) ?? 10_000,
        maxMessageBytes: messageLimits.messageBytes,
        tls:
          hop.proto !== 'wss'
            ? undefined
            : {
                context: tlsContext(ports.net.tls, tls),
                serverName: name,
                accept: (session) => judgeTls(session, name, tls),
              },
      });
    } catch (error) {
      failure ??= linkFailure(error, hop.proto === 'wss');
    }
  }
  throw failure;
}

function headersOf(given: WsGiven): Readonly<Record<string, string>> {
  const pairs = given.list('header').map((text) => {
    const colon = text.indexOf(':');
    if (colon < 1) throw new ClientFailure('usage', `header "${text}": wants "Name: value"`);
    refuseLineBreaks(`header ${text.slice(0, colon)}`, text);
    return [text.slice(0, colon).trim(), text.slice(colon + 1).trim()] as const;
  });
  return Object.fromEntries(pairs);
}
