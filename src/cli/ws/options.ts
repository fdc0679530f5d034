import type { OptionDeclaration } from '../optionTable.ts';

type Kind = OptionDeclaration['kind'];

function group(name: string) {
  return (kind: Kind, aliases: readonly string[], value: string, help: string): OptionDeclaration => ({
    kind,
    aliases,
    value,
    group: name,
    help,
  });
}

const connection = group('Connection');
const sending = group('What to send (nothing of this: each line of the standard input is a frame)');
const receiving = group('What comes back');
const secure = group('TLS (wss)');
const other = group('Other');

/** All options of `olelo ws`: parser, help and docs/send/ws-options.md are made of this. */
export const wsOptions = {
  url: connection(
    'text',
    ['u'],
    'URL',
    'ws://host:port/path or wss://...; may also stand behind the options. Default: wss://127.0.0.1:8443.',
  ),
  protocol: connection(
    'text',
    ['p', 'proto'],
    'NAME',
    'The sub-protocol to ask for; default: sip, "" for none.',
  ),
  origin: connection('text', ['o'], 'URL', 'The Origin header; default: http://127.0.0.1, "" for none.'),
  header: connection('list', ['H'], 'NAME:VALUE', 'A header of the handshake; may be repeated.'),
  laddr: connection('text', [], 'ADDRESS', 'Local address: IP:PORT, IP or :PORT.'),
  'timeout-connect': connection(
    'number',
    [],
    'MS',
    'How long connecting and handshakes may take; default: 10000.',
  ),
  send: sending('list', ['s'], 'TEXT', 'A frame with this text; may be repeated.'),
  file: sending('list', [], 'FILE', 'A frame with the bytes of a file; may be repeated.'),
  template: sending('text', ['t'], 'FILE', 'A frame made of a template (Go text/template).'),
  fields: sending(
    'text',
    ['f'],
    'FILE',
    'Values for the template, as a JSON object. $uuid and the like are replaced.',
  ),
  'field-val': sending('list', ['fv'], 'NAME:VALUE', 'One value for the template; may be repeated.'),
  auser: sending(
    'text',
    ['au'],
    'NAME',
    'When a SIP request is challenged (401, 407): user name of the answer.',
  ),
  apasswd: sending('text', ['ap'], 'TEXT', 'And the password.'),
  binary: sending('flag', ['b'], '', 'Binary frames; otherwise text frames where the bytes are UTF-8.'),
  receive: receiving(
    'flag',
    ['r'],
    '',
    'Wait for frames; the default. -receive=false ends when all was sent.',
  ),
  frames: receiving(
    'number',
    ['n'],
    'N',
    'End after so many frames; default: 1 when something was sent by an option, else no limit.',
  ),
  'timeout-recv': receiving(
    'number',
    ['w', 'wait'],
    'MS',
    'How long to wait for frames; default: 20000, without end for lines of the standard input.',
  ),
  ping: receiving('number', [], 'MS', 'Send a ping so often.'),
  v: receiving('count', [], '', 'Tell about the handshake and the end too; -vv pings and pongs.'),
  json: receiving('flag', ['j'], '', 'Events as JSON, one object a line.'),
  insecure: secure(
    'flag',
    ['i', 'k', 'ti'],
    '',
    'Take any certificate of the server. Without it, chain, dates and name must be right.',
  ),
  'tls-ca': secure('text', ['ca'], 'FILE', 'Trust these authorities (PEM) instead of those of the system.'),
  'tls-name': secure('text', ['sni'], 'NAME', 'The name that the certificate must be for.'),
  'tls-certificate': secure('text', ['tc', 'cert'], 'FILE', 'A client certificate (PEM).'),
  'tls-key': secure('text', ['tk', 'key'], 'FILE', 'Its private key (PEM).'),
  help: other('flag', ['h'], '', 'This text.'),
} as const satisfies Readonly<Record<string, OptionDeclaration>>;

export type WsOption = keyof typeof wsOptions;
