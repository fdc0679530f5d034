/** `node dist/test/blocking/play.js [scene] [server]`: plays scenes and prints what came out; see docs/performance.md. */
import { table } from '../../bench/measure.ts';
import { type Program, programPath } from '../support/server.ts';
import { outcomeRow, outcomeTitles } from './outcome.ts';
import { missingFor, playScene, sceneNames } from './scenes.ts';

const limitMs = 30_000;

async function main(wanted = '', server = ''): Promise<void> {
  const programs = (['kamailio', 'olelo'] as const satisfies Program[]).filter(
    (program) => program.includes(server) && programPath(program) !== undefined,
  );
  const rows: string[][] = [];
  for (const name of sceneNames.filter((candidate) => candidate.includes(wanted))) {
    const missing = missingFor(name);
    if (missing !== undefined) {
      console.error(`${name}: not played, ${missing}`);
      continue;
    }
    for (const program of programs) {
      const row = [name, program, ...outcomeRow(await playScene(name, program, limitMs))];
      console.error(row.join(' | '));
      rows.push(row);
    }
  }
  console.log(table(['service', 'server', ...outcomeTitles], rows));
}

await main(process.argv[2], process.argv[3]);
