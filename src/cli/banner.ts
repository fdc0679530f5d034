import type { Server } from '../server/server.ts';
import { oleloVersion } from '../server/settings.ts';
import type { Program } from './program.ts';

/** What Kamailio prints when it has opened its sockets; scripts and people look for it. */
export function listeningText(server: Server): string {
  const lines = ['Listening on '];
  for (const { proto, address, port, family, virtual } of server.transport.sockets) {
    const host = family === 6 ? `[${address}]` : address;
    lines.push(`             ${proto}: ${host}:${port}${virtual ? ' virtual' : ''}`);
  }
  return lines.join('\n');
}

/** First screen of the built-in default: what runs, where its data is, and what to type for a first call. */
export function bannerText(server: Server, program: Program): string {
  const udp = server.transport.sockets.find(({ proto }) => proto === 'udp') ?? server.transport.sockets[0];
  const reachable =
    server.transport.sockets.find(({ proto, address }) => proto === 'udp' && !address.startsWith('127.')) ??
    udp;
  const host = reachable === undefined ? '127.0.0.1' : reachable.sentByHost;
  const port = reachable === undefined || reachable.sentByPort === 5060 ? '' : `:${reachable.sentByPort}`;
  const database = String(server.registry.get('usrloc')?.values.db_url ?? '');
  return `
Olelo ${oleloVersion}, node ${program.nodeVersion}
  config    ${program.defaultConfig} (built in; copy it and start with -f to change it)
  sockets   ${server.transport.sockets.map(({ text }) => text).join(', ')}
  database  ${database}

A first call: register two softphones, no password, at ${host}${port}
  phone 1   account sip:alice@${host}${port}
  phone 2   account sip:bob@${host}${port}
  then dial bob from phone 1.
With baresip:
  mkdir -p /tmp/alice /tmp/bob
  echo '<sip:alice@${host}${port}>;auth_pass=none' > /tmp/alice/accounts; baresip -f /tmp/alice
  echo '<sip:bob@${host}${port}>;auth_pass=none' > /tmp/bob/accounts; baresip -f /tmp/bob -e '/dial sip:alice@${host}${port}'
Look inside: kamcmd -s unixs:${server.settings.text('run_dir', '/run/kamailio')}/kamailio_ctl ul.dump
Stop: Ctrl-C`;
}
