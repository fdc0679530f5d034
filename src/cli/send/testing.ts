import { TestClock } from '../../base/testClock.ts';
import { composeText } from '../../client/compose.ts';
import type { Link, Way } from '../../client/link.ts';
import { Variables } from '../../client/template/variables.ts';
import type { UserSettings } from '../../client/user.ts';
import { parseOptions } from '../optionTable.ts';
import { sendOptions } from './options.ts';
import type { FileReader, Given } from './recipe.ts';
import { firstUser } from './settings.ts';

/** For tests: options as the user gives them. */
export function given(args: readonly string[]): Given {
  return parseOptions(sendOptions, args);
}

/** Files of a test, by name. */
export function files(texts: Readonly<Record<string, string>>): FileReader {
  return {
    readFile: (path) => {
      const text = texts[path];
      if (text === undefined) throw Object.assign(new Error(`no file ${path}`), { code: 'ENOENT' });
      return text;
    },
  };
}

export function userOf(args: readonly string[], texts: Readonly<Record<string, string>> = {}): UserSettings {
  return firstUser(given(args), files(texts), 'test');
}

/** The request that `olelo send ARGS` would send, from 192.0.2.1:5070. */
export function composed(args: readonly string[], texts: Readonly<Record<string, string>> = {}): string {
  const user = userOf(args, texts);
  let seed = 0;
  const sources = {
    clock: new TestClock(),
    entropy: { uint32: () => seed++, bytes: (length: number) => new Uint8Array(length).fill(seed++) },
    pid: 1,
    environment: (name: string) => (name === 'WHO' ? 'carol' : undefined),
  };
  const numbers = Object.fromEntries(
    given(args)
      .list('int-var')
      .map((pair) => [pair.split(':')[0], Number(pair.split(':')[1])]),
  );
  return composeText(user.profile.recipe, new Variables(sources, numbers), wayTo(user));
}

function wayTo(user: UserSettings): Way {
  const proto = user.target.hop.proto ?? 'udp';
  const link: Link = {
    proto,
    local: { address: '192.0.2.1', port: 5070 },
    remote: { address: '192.0.2.2', port: 5060 },
    security: '',
    isConnected: true,
    send: () => undefined,
    close: () => undefined,
  };
  return { link, to: link.remote };
}

/** A header's value in a message; '' when it is not there. */
export function header(message: string, name: string): string {
  const head = message.split('\r\n\r\n', 1)[0] ?? '';
  const line = head.split('\r\n').find((each) => each.toLowerCase().startsWith(`${name.toLowerCase()}:`));
  return line?.slice(name.length + 1).trim() ?? '';
}

export function startLine(message: string): string {
  return message.slice(0, message.indexOf('\r\n'));
}

export function bodyOf(message: string): string {
  return message.slice(message.indexOf('\r\n\r\n') + 4);
}
