import type { Value } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { PvBinding, PvDeclaration, PvReference } from '../../module/define.ts';
import type { ListenSocket } from '../../proxy/transport.ts';
import type { Corex } from './corex.ts';

/** `$cfg(key)`: where in the config this is; `$lsock(expr)`: attributes of a local socket. */

const cfgKeys: Readonly<Record<string, (self: Corex, context: ScriptContext) => Value>> = {
  line: (self) => self.host.currentSite?.()?.line ?? 0,
  file: (self) => self.host.currentSite?.()?.file ?? '',
  name: (self) => self.host.currentSite?.()?.file ?? '',
  route: routeName,
};

/** Name of the running `route[name]`, else of the block that was started. */
function routeName(self: Corex, context: ScriptContext): string {
  const written = self.host.currentSite?.()?.functionName ?? '';
  if (written.startsWith('route_')) {
    const name = written.slice('route_'.length);
    // behind a wait the name has a number
    return self.host.routes.has('route', name) ? name : name.replace(/_\d+$/, '');
  }
  if (context.routeName !== '') return context.routeName;
  return context.routeKind === 'request' ? 'DEFAULT_ROUTE' : context.routeKind.toUpperCase();
}

function bindCfg(self: Corex, pv: PvReference): PvBinding | { message: string } {
  const read = pv.inner !== undefined && Object.hasOwn(cfgKeys, pv.inner) ? cfgKeys[pv.inner] : undefined;
  return read === undefined
    ? { message: `$cfg knows ${Object.keys(cfgKeys).join(', ')}, not "${pv.syntax.inner ?? ''}"` }
    : { get: (context) => read(self, context) };
}

/** `n/name/attribute` or `l/proto:address:port/attribute`. */
function socketAttribute(self: Corex, expression: string): Value {
  const [by, wanted = '', attribute] = expression.split('/');
  if ((by !== 'n' && by !== 'l') || attribute === undefined) return '';
  const socket = by === 'n' ? self.socketNamed(wanted) : self.host.transport.findSocket(wanted);
  if (socket === undefined) return null;
  return readAttribute(socket, attribute);
}

function readAttribute(socket: ListenSocket, attribute: string): string {
  if (attribute === 'listen') return socket.text;
  return attribute === 'name' ? socket.name : '';
}

export const corexPvs: Readonly<Record<string, PvDeclaration<Corex>>> = {
  cfg: {
    doc: 'place in the config: $cfg(line), $cfg(file), $cfg(name), $cfg(route)',
    inner: 'required',
    bind: bindCfg,
  },
  lsock: {
    doc: 'attribute of a local socket: $lsock(n/name/listen), $lsock(l/proto:address:port/name)',
    inner: 'required',
    bind: (self, pv) => ({ get: (context) => socketAttribute(self, pv.innerOf(context)) }),
  },
};
