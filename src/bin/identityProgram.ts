import { existsSync } from 'node:fs';
import type { IdentityProgram } from '../cli/identity/context.ts';
import { NodeClock } from '../runtime/clock.ts';
import { NodeEntropy } from '../runtime/entropy.ts';
import { NodeFiles } from '../runtime/files.ts';
import { NodeHttpClient } from '../runtime/httpClient.ts';
import { listenHttp } from '../runtime/httpServer.ts';
import { nodeClientProgram } from './clientProgram.ts';

/** The process around `olelo identity`, on Node. */
export function nodeIdentityProgram(): IdentityProgram {
  const { out, error, columns, onSignal } = nodeClientProgram();
  return {
    out,
    error,
    columns,
    onSignal,
    fileExists: existsSync,
    ports: {
      clock: new NodeClock(),
      entropy: new NodeEntropy(),
      files: new NodeFiles(),
      http: new NodeHttpClient(),
    },
    listenHttp,
  };
}
