import type { ScriptContext } from '../../module/context.ts';
import type { Formats, Host } from '../../module/host.ts';
import {
  type ContextOptions,
  contextOf,
  type FakeHost,
  fakeHost,
  ModuleUnderTest,
} from '../../module/testing.ts';
import type { SlApi } from '../sl/api.ts';
import usrloc from '../usrloc/index.ts';
import type { Locations } from '../usrloc/service.ts';
import registrar from './index.ts';

/** For tests: a registrar on a location service, with an `sl` that remembers its answers. */
export interface RegistrarBench {
  readonly host: FakeHost;
  readonly module: ModuleUnderTest;
  readonly locations: Locations;
  readonly replies: string[];
  /** Sends a REGISTER through save(); the return code, and the answer in `replies`. */
  register(options: RegisterOptions): Promise<number>;
  /** Calls a function of the module. */
  call(name: string, context: ScriptContext, ...args: unknown[]): Promise<number>;
}

export interface RegisterOptions {
  readonly user?: string;
  readonly contacts?: readonly string[];
  readonly headers?: readonly string[];
  readonly callId?: string;
  readonly cseq?: number;
  readonly flags?: number;
  readonly setUp?: (context: ScriptContext) => void;
  readonly context?: ContextOptions;
}

/** `$avp(name)` only. */
const avpFormats: Formats = {
  text: (format) => () => format,
  variable: (text) => {
    const name = /^\$avp\((.+)\)$/.exec(text)?.[1] ?? '';
    return {
      text,
      writable: true,
      get: (context) => (context as ScriptContext).variables.avps.get(name),
      set: (context, value) => {
        if (value !== null) (context as ScriptContext).variables.avps.push(name, value);
      },
    };
  },
};

export function registerText(options: RegisterOptions): string {
  const { user = 'alice', contacts = [], headers = [], callId = 'call1', cseq = 1 } = options;
  const lines = [
    'REGISTER sip:127.0.0.1 SIP/2.0',
    'Via: SIP/2.0/UDP 127.0.0.2:5070;branch=z9hG4bK1',
    `From: <sip:${user}@ex.org>;tag=f1`,
    `To: <sip:${user}@ex.org>`,
    `Call-ID: ${callId}`,
    `CSeq: ${cseq} REGISTER`,
    'User-Agent: UA one',
    ...contacts.map((contact) => `Contact: ${contact}`),
    ...headers,
    'Content-Length: 0',
    '',
    '',
  ];
  return lines.join('\n');
}

export function requestTo(uri: string, method = 'INVITE', toTag = ''): string {
  const tag = toTag === '' ? '' : `;tag=${toTag}`;
  return (
    `${method} ${uri} SIP/2.0\nVia: SIP/2.0/UDP 127.0.0.2:5070;branch=z9hG4bK2\nFrom: <sip:caller@ex.org>;tag=f2\n` +
    `To: <${uri}>${tag}\nCall-ID: c2\nCSeq: 1 ${method}\nContent-Length: 0\n\n`
  );
}

type Params = Record<string, number | string>;

export function registrarBench(
  params: Params = {},
  usrlocParams: Params = {},
  extra: Partial<Host> = {},
): RegistrarBench {
  const host = fakeHost({ formats: avpFormats, ...extra });
  const replies: string[] = [];
  const locationModule = new ModuleUnderTest(usrloc, host, usrlocParams);
  host.apis.set('usrloc', locationModule.loaded.instance);
  const reply: SlApi['reply'] = (_context, status, reason, options) => {
    replies.push(`${status} ${reason}\n${(options?.headers ?? '').replaceAll('\r\n', '\n')}`);
    return true;
  };
  host.apis.set('sl', { reply });
  const module = new ModuleUnderTest(registrar, host, params);
  void module.loaded.declaration.start?.(module.loaded.instance);
  const locations = locationModule.loaded.instance as Locations;
  const call = async (name: string, context: ScriptContext, ...args: unknown[]) =>
    module.call(name, context, ...args);
  const register = async (options: RegisterOptions) => {
    const context = contextOf(registerText(options), options.context);
    options.setUp?.(context);
    return options.flags === undefined
      ? call('save', context, 'location')
      : call('save', context, 'location', options.flags);
  };
  return { host, module, locations, replies, register, call };
}
