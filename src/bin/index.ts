/** `olelo`: a server inside another program. For tests in virtual time see `olelo/testing`. */

export { arg, defineModule } from '../module/define.ts';
export { modules } from '../modules/index.ts';
export { nodeClientPorts } from '../runtime/clientPorts.ts';
export { nodePorts } from '../runtime/index.ts';
export { default as core } from '../script/core/index.ts';
export type { ConfigSource, LoadedConfig } from '../server/configLoader.ts';
export { Server, type ServerOptions } from '../server/server.ts';
