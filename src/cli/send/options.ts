import type { OptionDeclaration } from '../optionTable.ts';

type Kind = OptionDeclaration['kind'];

function group(name: string) {
  const option =
    (kind: Kind) =>
    (aliases: readonly string[], value: string, help: string): OptionDeclaration => ({
      kind,
      aliases,
      value,
      group: name,
      help,
    });
  return {
    flag: (aliases: readonly string[], help: string) => option('flag')(aliases, '', help),
    text: option('text'),
    number: option('number'),
    list: option('list'),
    count: (aliases: readonly string[], help: string) => option('count')(aliases, '', help),
  };
}

const what = group('What to send');
const who = group('From whom, to whom');
const body = group('Body');
const template = group('Templates and fields');
const auth = group('Passwords');
const net = group('Transport');
const secure = group('TLS and WebSocket');
const session = group('Sessions');
const second = group('Second user (with --call-user; what is not given is as for the first)');
const series = group('Series');
const output = group('Output');
const other = group('Other');

/** All options of `olelo send`: parser, help and docs/send/options.md are made of this. */
export const sendOptions = {
  options: what.flag(['o'], 'OPTIONS: is it alive? The default.'),
  register: what.flag(
    ['r'],
    'REGISTER; unregister with --expires 0. With --sessionwait, unregisters after it.',
  ),
  invite: what.flag(['i'], 'INVITE: a call. Answered, it is held for --sessionwait, then ended with BYE.'),
  message: what.flag(['m'], 'MESSAGE: a text, from --message-body.'),
  info: what.flag([], 'INFO.'),
  subscribe: what.flag([], 'SUBSCRIBE; see --subscribe-session.'),
  publish: what.flag([], 'PUBLISH.'),
  notify: what.flag([], 'NOTIFY.'),
  method: what.text(['mt'], 'NAME', 'Any method.'),
  'extra-header': what.list(['xh', 'header', 'H'], 'NAME:VALUE', 'A header line; may be repeated.'),
  expires: what.number(['ex'], 'SECONDS', 'The Expires header.'),
  'contact-uri': what.text(['cu'], 'URI', 'The Contact header.'),
  'contact-build': what.flag(
    ['cb'],
    'A Contact header from the local address. REGISTER, INVITE and SUBSCRIBE have one anyway.',
  ),
  'user-agent': what.text(['ua'], 'TEXT', 'The User-Agent header.'),
  'no-val': what.text([], 'TEXT', 'The value that takes a default value away, as in "-ua no"; default: no.'),
  ruri: who.text(['ru'], 'URI', 'The Request-URI; default: the target.'),
  ruser: who.text(['rn'], 'NAME', 'User part of the Request-URI when the target is an address.'),
  'set-user': who.flag(['su'], 'The user part of the Request-URI is that of To.'),
  'set-domains': who.flag(['sd'], 'The domains of From and To are that of the Request-URI.'),
  fuser: who.text(['fu', 'from-user'], 'NAME', 'User of From; default: alice.'),
  fdomain: who.text(['fd', 'from-domain'], 'NAME', 'Domain of From; default: localhost.'),
  'from-uri': who.text([], 'URI', 'The whole URI of From.'),
  tuser: who.text(['tu', 'to-user'], 'NAME', 'User of To; default: bob. REGISTER has that of From.'),
  tdomain: who.text(['td', 'to-domain'], 'NAME', 'Domain of To; default: localhost.'),
  'to-uri': who.text([], 'URI', 'The whole URI of To.'),
  'register-party': who.flag([], 'Registers the user of To, not that of From (third party).'),
  'message-body': body.text(['mb', 'body'], 'TEXT', 'The body.'),
  'body-file': body.text(['mbf'], 'FILE', 'The body from a file, byte for byte.'),
  'content-type': body.text(
    ['ct'],
    'TYPE',
    'The Content-Type header; default: text/plain, application/sdp for INVITE.',
  ),
  'no-body': body.flag([], 'No body where MESSAGE and INVITE would have one of their own.'),
  'late-offer': body.flag(['lo'], 'INVITE without SDP; the offer comes in the answer, ours in the ACK.'),
  codecs: body.text(
    [],
    'LIST',
    'Codecs of the SDP offer; default: PCMU,PCMA,telephone-event. Also known: G722, G729, GSM, opus.',
  ),
  'sdp-direction': body.text([], 'WORD', 'sendrecv, sendonly, recvonly or inactive.'),
  'template-file': template.text(
    ['tf'],
    'FILE',
    'The request as a template, in the language of Go text/template.',
  ),
  'template-body-file': template.text(['tbf'], 'FILE', 'The body as a template.'),
  'fields-file': template.text(['ff'], 'FILE', 'Values of fields, as a JSON object.'),
  'fields-eval': template.flag(
    ['fe'],
    'Replace $uuid, $randseq, $env(NAME) ... in the fields of the file. Always done without --fields-file.',
  ),
  'field-val': template.list(['fv', 'field'], 'NAME:VALUE', 'The value of a field; may be repeated.'),
  'field-unset': template.list(['fvu'], 'NAME', 'Leaves a field out, whatever else says; may be repeated.'),
  'int-var': template.list(
    ['iv'],
    'NAME:NUMBER',
    'The number that $inc(NAME), $add(NAME) and so on begin with; may be repeated.',
  ),
  'template-run': template.flag(['tpr'], 'Fills the template, prints the request and sends nothing.'),
  'template-defaults': template.flag(['tpd'], 'Prints the built-in templates and fields.'),
  'no-crlf': template.flag([], 'Leaves line feeds of the template as they are.'),
  raw: template.flag([], 'Sends the template file as it is: fields, headers and body are left alone.'),
  'no-parse': template.flag(
    [],
    'Sends what the template makes without reading it as SIP; the first answer ends the run.',
  ),
  'auth-user': auth.text(['au'], 'NAME', 'User name for digest authentication; default: that of From.'),
  'auth-password': auth.text(
    ['ap', 'password'],
    'TEXT',
    'Its password. MD5, SHA-256, SHA-512-256 and SHA-512 are known.',
  ),
  ha1: auth.flag([], 'The password is given as HA1, the hash of user:realm:password.'),
  laddr: net.text(['local-address'], 'ADDRESS', 'Local address: IP:PORT, IP or :PORT.'),
  af: net.number([], '4|6', 'Only addresses of this family.'),
  'timer-t1': net.number([], 'MS', 'T1 of RFC 3261, the first retransmission interval; default: 500.'),
  'timer-t2': net.number([], 'MS', 'T2, the longest interval; default: 4000.'),
  timeout: net.number(['t'], 'MS', 'How long to wait for a final response; default: 32000 (64 times T1).'),
  'timeout-connect': net.number([], 'MS', 'How long connecting may take, with handshakes; default: 10000.'),
  'timeout-write': net.number(
    [],
    'MS',
    'How long the peer may leave our bytes unread on a TCP or TLS connection; default: 4000.',
  ),
  'connect-udp': net.flag(
    [],
    'A UDP socket for the target alone, so that "connection refused" is noticed at once. The default for single requests; -connect-udp=false takes answers from anywhere.',
  ),
  're-resolve': net.flag(['rr'], 'Ask DNS again before each request.'),
  'dns-srv-print': net.flag(
    [],
    'Prints the SRV records of the target and where it would be sent to, and sends nothing.',
  ),
  'tls-insecure': secure.flag(
    ['ti', 'insecure', 'k'],
    'Take any certificate of the server. Without it, chain, dates and name must be right.',
  ),
  'tls-ca': secure.text(['ca'], 'FILE', 'Trust these authorities (PEM) instead of those of the system.'),
  'tls-name': secure.text(
    ['sni'],
    'NAME',
    'The name that the certificate must be for; default: the host of the target.',
  ),
  'tls-certificate': secure.text(['tc', 'cert'], 'FILE', 'A client certificate (PEM).'),
  'tls-key': secure.text(['tk', 'key'], 'FILE', 'Its private key (PEM).'),
  'websocket-origin': secure.text(
    ['wso'],
    'URL',
    'The Origin header of the handshake; default: http://127.0.0.1.',
  ),
  'websocket-proto': secure.text(['wsp'], 'NAME', 'The sub-protocol; default: sip.'),
  'register-first': session.flag(['rf'], 'Registers, does the rest, unregisters at the end.'),
  'call-self': session.flag([], 'Registers, calls its own address of record, answers, hangs up.'),
  'call-user': session.flag([], 'Two users register; the first calls the second (--ua2-fuser), who answers.'),
  'subscribe-session': session.flag(
    [],
    'SUBSCRIBE, print the NOTIFYs until --sessionwait is over, unsubscribe.',
  ),
  listen: session.flag(
    [],
    'Registers, stays and answers calls and messages, until --sessionwait is over or Ctrl-C.',
  ),
  sessionwait: session.number(
    ['sw'],
    'MS',
    'How long a session lasts; default: 0 for calls (BYE at once), 10000 for --subscribe-session, no end for --listen.',
  ),
  'ring-time': session.number(['rt'], 'MS', 'How long the called side rings before it answers; default: 0.'),
  'call-duration': session.number(['cd'], 'MS', 'From answer to BYE; default: that of --sessionwait.'),
  'ring-timeout': session.number(
    [],
    'MS',
    'How long a call may ring before it is cancelled; default: 180000.',
  ),
  'cancel-after': session.number(
    [],
    'MS',
    'Gives up (CANCEL) when nobody has answered after this time; that is then the expected end.',
  ),
  'ua2-fuser': second.text(['ua2-fu'], 'NAME', 'User of the second user; default: bob.'),
  'ua2-fdomain': second.text(['ua2-fd'], 'NAME', 'Its domain.'),
  'ua2-laddr': second.text(['ua2-local-address'], 'ADDRESS', 'Its local address.'),
  'ua2-target': second.text([], 'TARGET', 'Where it registers.'),
  'ua2-auth-user': second.text(['ua2-au'], 'NAME', 'Its user name for authentication; default: --ua2-fuser.'),
  'ua2-auth-password': second.text(['ua2-ap'], 'TEXT', 'Its password.'),
  'ua2-ha1': second.flag([], 'Its password is given as HA1.'),
  'ua2-contact-uri': second.text(['ua2-cu'], 'URI', 'Its Contact.'),
  count: series.number(['n', 'run-count'], 'N', 'Sends N requests and prints a summary of latency and loss.'),
  rate: series.number([], 'N', 'Requests a second; default: the next when the last is answered.'),
  until: series.number([], 'SECONDS', 'Goes on sending for so long.'),
  expect: output.text(
    [],
    'CODES',
    'Final responses that count as success: 200, 2xx, "200,404", any; default: 2xx.',
  ),
  'exit-status': output.flag(
    [],
    'The exit code is the last status modulo 256, as some scripts of sipexer expect (200 for 200 OK).',
  ),
  nagios: output.flag([], 'Exit codes of monitoring plugins: 0 ok, 2 critical, 3 unknown.'),
  v: output.count([], 'More: -v a line for each message, -vv whole messages.'),
  verbosity: output.number(
    ['vl'],
    '0..3',
    '0 nothing, 1 the result (default), 2 a line for each message (default for sessions), 3 whole messages.',
  ),
  'color-output': output.flag(['co', 'color'], 'Colours; without it, when the output is a terminal.'),
  'color-message': output.flag(['com'], 'Colours inside messages too.'),
  json: output.flag(['j'], 'Events as JSON, one object a line.'),
  ladder: output.flag(
    [],
    'The ladder at the end, also for a single request; -ladder=false for none after sessions.',
  ),
  help: other.flag(['h'], 'This text.'),
  'help-commands': other.flag(['hc', 'examples'], 'Examples.'),
  'flag-defaults': other.flag(['fvd'], 'All options with what they are now.'),
  version: other.flag([], 'The version.'),
} as const satisfies Readonly<Record<string, OptionDeclaration>>;

export type SendOption = keyof typeof sendOptions;
