import { exitCodes, exitMeanings, type FailureKind } from '../../client/failure.ts';
import { optionsHelp, wrapped } from '../optionTable.ts';
import { sendOptions } from './options.ts';
import type { Given } from './recipe.ts';

/** `olelo send --help`. */
export function sendHelpText(columns: number): string {
  const width = Math.max(60, Math.min(columns, 110));
  return [
    'Usage: olelo send [options] [target]',
    '',
    ...wrapped(
      'Sends a SIP request and shows what comes back. Options have one or two dashes; values follow behind a space or "=".',
      width,
    ),
    '',
    'Target (default udp:127.0.0.1:5060):',
    '  sip:user@host:port;transport=tls   a SIP URI',
    '  udp:host:port  tls:host            protocol and host; ports by DNS (RFC 3263), else 5060, 5061',
    '  ws://host:port/path  wss://...     WebSocket',
    '  host  host:port  host port  proto host  proto host port',
    '',
    optionsHelp(sendOptions, width),
    '',
    'Exit codes:',
    ...exitCodeLines(),
    '',
    'Examples: olelo send --help-commands. More: docs/send.md.',
  ].join('\n');
}

export function exitCodeLines(): string[] {
  const kinds = Object.keys(exitCodes) as FailureKind[];
  const rows = kinds.map((kind) => `  ${String(exitCodes[kind]).padStart(3)}  ${exitMeanings[kind]}`);
  return ['    0  the expected final response came, or the session went as planned', ...rows];
}

/** `--help-commands`: one line of what, one of how. */
export const examples: readonly (readonly [string, string])[] = [
  ['Is the server on this machine alive?', 'olelo send'],
  ['Over TCP, TLS and WebSocket', 'olelo send tcp:example.com'],
  ['', 'olelo send tls:example.com:5061'],
  ['', 'olelo send wss://example.com:8443/ws'],
  ['Register for ten minutes', 'olelo send -register -fu alice -ap secret -ex 600 -sd example.com'],
  [
    'Register, stay for 20 s, unregister',
    'olelo send -register -fu alice -ap secret -sw 20000 -sd example.com',
  ],
  ['A text message', 'olelo send -message -mb "Hello" -fu alice -tu bob -sd -su example.com'],
  [
    'Call bob, hang up after 10 s',
    'olelo send -invite -fu alice -tu bob -ap secret -sw 10000 -sd -su example.com',
  ],
  [
    'Call myself',
    'olelo send --call-self --ring-time 1000 --call-duration 5000 -fu alice -ap secret -sd example.com',
  ],
  [
    'alice calls bob',
    'olelo send --call-user -fu alice -ap secret --ua2-fuser bob --ua2-auth-password secret2 -sd example.com',
  ],
  [
    'Watch the presence of bob',
    'olelo send --subscribe-session -sw 60000 -xh "Event: presence" -fu alice -tu bob -sd -su example.com',
  ],
  ['Answer calls until Ctrl-C', 'olelo send --listen -fu bob -ap secret -sd example.com'],
  ['See every byte', 'olelo send -vv -co example.com'],
  ['1000 requests, 100 a second', 'olelo send --count 1000 --rate 100 example.com'],
];

export function examplesText(): string {
  return examples
    .map(([title, command]) => `${title === '' ? '' : `\n# ${title}\n`}${command}`)
    .join('\n')
    .trimStart();
}

/** `--flag-defaults`: each option with what was given, or nothing. */
export function flagDefaultsText(given: Given): string {
  const names = Object.keys(sendOptions) as (keyof typeof sendOptions)[];
  return names.map((name) => `${name}=${given.list(name).join(',')}`).join('\n');
}
