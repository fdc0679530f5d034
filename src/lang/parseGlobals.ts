import type {
  AliasDeclaration,
  CustomParameter,
  FlagDeclaration,
  GlobalParameter,
  GlobalValue,
  SocketAddress,
  SocketDeclaration,
} from './ast.ts';
import { integerOf } from './lexemes.ts';
import { parseSocketAddress, parseSocketAddresses, socketAddressOf } from './parseAddress.ts';
import { booleanWord } from './parseExpressions.ts';
import { parseConstant } from './parseModules.ts';
import type { Token } from './token.ts';
import type { TokenReader } from './tokenReader.ts';

/** Words that may follow an address of `listen`. */
const listenOptions = new Set(['advertise', 'name', 'virtual', 'agname', 'vrf']);

/** `listen = address... [advertise x] [name "n"] [virtual]`; each address is one declaration. */
export function parseListen(reader: TokenReader): SocketDeclaration[] {
  const word = reader.next();
  reader.expectSymbol('=', `after '${word.text}'`);
  if (reader.isSymbol('{')) return [parseSocketBlock(reader, word)];
  const declarations: SocketDeclaration[] = [];
  do declarations.push(parseListenItem(reader, word));
  while (atListValue(reader));
  return declarations;
}

function parseListenItem(reader: TokenReader, word: Token): SocketDeclaration {
  const addresses = quotedAddress(reader) ?? parseSocketAddresses(reader);
  const options = {
    advertise: undefined as SocketAddress | undefined,
    name: undefined as string | undefined,
  };
  const more = {
    virtual: false,
    agname: undefined as string | undefined,
    vrf: undefined as string | undefined,
  };
  for (
    let token = reader.peek();
    token.kind === 'word' && listenOptions.has(token.text);
    token = reader.peek()
  ) {
    reader.next();
    if (token.text === 'advertise')
      options.advertise = quotedAddress(reader)?.[0] ?? parseSocketAddress(reader);
    else if (token.text === 'name') options.name = reader.expectString("the socket's name as string").text;
    else if (token.text === 'virtual') more.virtual = true;
    else if (token.text === 'agname') more.agname = reader.expectString('a group name as string').text;
    else more.vrf = reader.expectString("a device's name as string").text;
  }
  return { kind: 'socket', addresses, ...options, ...more, span: reader.spanFrom(word.span) };
}

/** `"udp:10.0.0.1:5060"` as one string, unless a port follows the string. */
function quotedAddress(reader: TokenReader): SocketAddress[] | undefined {
  const token = reader.peek();
  if (token.kind !== 'string' || reader.isSymbol(':', 1)) return undefined;
  const address = socketAddressOf(token.text);
  if (address) reader.next();
  return address ? [address] : undefined;
}

function parseSocketBlock(reader: TokenReader, word: Token): SocketDeclaration {
  reader.expectSymbol('{', 'to open the socket');
  let addresses: SocketAddress[] = [];
  let advertise: SocketAddress | undefined;
  const texts = new Map<string, string>();
  let virtual = false;
  while (!reader.isSymbol('}')) {
    if (reader.takeSymbol(';')) continue;
    const attribute = reader.peek();
    if (attribute.kind !== 'word') reader.failExpecting("an attribute of the socket or '}'");
    reader.next();
    reader.expectSymbol('=', `after '${attribute.text}'`);
    if (attribute.text === 'bind') addresses = quotedAddress(reader) ?? parseSocketAddresses(reader);
    else if (attribute.text === 'advertise')
      advertise = quotedAddress(reader)?.[0] ?? parseSocketAddress(reader);
    else if (attribute.text === 'virtual') virtual = parseConstant(reader).value !== 0;
    else if (attribute.text === 'name' || attribute.text === 'agname' || attribute.text === 'vrf') {
      texts.set(attribute.text, reader.expectString('a string').text);
    } else {
      reader.diagnostics.error('OL0201', attribute.span, `unknown attribute '${attribute.text}'`, {
        expected: 'bind, advertise, name, agname, virtual or vrf',
      });
      parseGlobalValue(reader);
    }
  }
  reader.next();
  if (addresses.length === 0) reader.diagnostics.error('OL0201', word.span, "socket without 'bind'");
  const named = { name: texts.get('name'), agname: texts.get('agname'), vrf: texts.get('vrf') };
  return { kind: 'socket', addresses, advertise, virtual, ...named, span: reader.spanFrom(word.span) };
}

/** `alias = host[:port]...`. */
export function parseAlias(reader: TokenReader): AliasDeclaration {
  const word = reader.next();
  reader.expectSymbol('=', `after '${word.text}'`);
  const addresses: SocketAddress[] = [];
  do addresses.push(...(quotedAddress(reader) ?? [parseSocketAddress(reader)]));
  while (atListValue(reader));
  return { kind: 'alias', addresses, span: reader.spanFrom(word.span) };
}

/** Another value of a list: not the end, and not the next parameter's `name =` or `name.name =`. */
function atListValue(reader: TokenReader): boolean {
  const token = reader.peek();
  if (token.kind === 'string') return true;
  if (token.kind !== 'word' && token.kind !== 'number')
    return reader.isSymbol('[') && reader.peek(1).kind === 'ipv6';
  return !token.firstOnLine && !reader.isSymbol('=', 1);
}

/** `flags a:1, b;` and `avpflags x;`. */
export function parseFlags(reader: TokenReader): FlagDeclaration {
  const word = reader.next();
  const flags: { name: string; position: number | undefined }[] = [];
  do {
    const name = reader.peek();
    if (name.kind !== 'word' && name.kind !== 'string') reader.failExpecting("a flag's name");
    reader.next();
    const position = reader.takeSymbol(':') ? parseConstant(reader).value : undefined;
    flags.push({ name: name.text, position: typeof position === 'number' ? position : undefined });
  } while (reader.takeSymbol(','));
  const family = word.text === 'avpflags' ? 'avpflags' : 'flags';
  return { kind: 'flags', family, flags, span: reader.spanFrom(word.span) };
}

/** `name = value`, `group.name = value desc "text"`, `coreparam[key] = value`, `cfgengine "name"`. */
export function parseGlobal(reader: TokenReader): GlobalParameter | CustomParameter {
  const word = reader.next();
  if (reader.isSymbol('.')) return parseDotted(reader, word);
  if (word.text !== 'coreparam' && reader.isSymbol('[')) return parseInstance(reader, word);
  let key: string | undefined;
  if (word.text === 'coreparam' && reader.takeSymbol('[')) {
    key = reader.next().text;
    reader.expectSymbol(']', 'after the name');
  }
  if (!reader.takeSymbol('=') && reader.peek().kind !== 'string') {
    reader.failExpecting(`'=' after '${word.text}'`);
  }
  const value = parseGlobalValue(reader);
  const span = reader.spanFrom(word.span);
  return { kind: 'global', name: word.text, nameSpan: word.span, key, value, span };
}

/** `group[5].name = value`. */
function parseInstance(reader: TokenReader, group: Token): GlobalParameter | CustomParameter {
  reader.next();
  const id = reader.peek();
  const instance = id.kind === 'number' ? integerOf(id.text) : undefined;
  if (instance === undefined) reader.failExpecting('the number of an instance');
  reader.next();
  reader.expectSymbol(']', 'after the number');
  if (!reader.isSymbol('.')) reader.failExpecting("'.' and the name of a parameter");
  const parameter = parseDotted(reader, group);
  return parameter.kind === 'custom' ? { ...parameter, instance } : parameter;
}

function parseDotted(reader: TokenReader, group: Token): GlobalParameter | CustomParameter {
  reader.next();
  const name = reader.peek();
  if (name.kind !== 'word') reader.failExpecting('the name of a parameter');
  reader.next();
  const nameSpan = reader.spanFrom(group.span);
  reader.expectSymbol('=', `after '${group.text}.${name.text}'`);
  if (group.text === 'kemi') {
    const value = parseGlobalValue(reader);
    const span = reader.spanFrom(group.span);
    return { kind: 'global', name: `kemi.${name.text}`, nameSpan, key: undefined, value, span };
  }
  const { value } = parseConstant(reader);
  const described = ['desc', 'descr', 'description'].some((word) => reader.takeWord(word));
  const description = described ? reader.expectString('a description as string').text : undefined;
  const span = reader.spanFrom(group.span);
  return { kind: 'custom', group: group.text, name: name.text, value, description, span };
}

/** A string, a number, or whatever stands together without a space: a word, a path, an address. */
function parseGlobalValue(reader: TokenReader): GlobalValue {
  const start = reader.peek();
  if (start.kind === 'string') {
    const { value, span } = parseConstant(reader);
    return { kind: 'string', value, span };
  }
  if (start.kind === 'end' || (start.kind === 'symbol' && !'/.-*['.includes(start.text))) {
    reader.failExpecting('a value');
  }
  let text = reader.next().text;
  for (let token = reader.peek(); !token.spaced && joinsValue(token); token = reader.peek()) {
    text += reader.next().text;
  }
  const span = reader.spanFrom(start.span);
  const number = integerOf(text.replace(/^-/, '')) ?? booleanWord(text);
  if (number === undefined) return { kind: 'word', value: text, span };
  return { kind: 'number', value: text.startsWith('-') ? -number : number, span };
}

function joinsValue(token: Token): boolean {
  if (token.kind === 'symbol') return './-:*[]'.includes(token.text);
  return token.kind === 'word' || token.kind === 'number' || token.kind === 'ipv6';
}
