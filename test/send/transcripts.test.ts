/** The transcripts in docs/send are what the commands print today, against Olelo and the real server. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { programPath } from '../support/server.ts';
import { missing } from '../support/tools.ts';
import { canRecord, comparable, readPage, runScenes, transcriptFile } from './transcripts.ts';

for (const program of ['olelo', 'kamailio'] as const) {
  test(`docs/send/${program}.md`, async (t) => {
    if (programPath(program) === undefined || !canRecord(program))
      return missing(t, `${program} with TLS, WebSocket, presence and SQLite is not installed`);
    const recorded = readPage(readFileSync(transcriptFile(program), 'utf8'));
    const now = await runScenes(program);
    assert.deepEqual(
      now.map(({ title }) => title),
      [...recorded.keys()],
    );
    for (const { title, lines } of now) {
      if (/over IPv[46]$/.test(title)) assert.equal(lines.at(-1), '[exit code 0]', lines.join('\n'));
      const kept = comparable(lines.filter((line) => line !== ''));
      assert.deepEqual(kept, comparable((recorded.get(title) ?? []).filter((line) => line !== '')), title);
    }
  });
}
