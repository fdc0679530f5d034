/** Writes docs/send/olelo.md and docs/send/kamailio.md anew; `node dist/test/send/record.js [olelo|kamailio]`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Program } from '../support/server.ts';
import { pageOf, runScenes, transcriptFile } from './transcripts.ts';

const wanted = process.argv[2];
for (const program of ['olelo', 'kamailio'] as const satisfies readonly Program[]) {
  if (wanted !== undefined && wanted !== program) continue;
  const path = transcriptFile(program);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, pageOf(program, await runScenes(program)));
  process.stdout.write(`${path}\n`);
}
