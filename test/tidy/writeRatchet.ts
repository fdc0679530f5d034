/** Writes ratchet.json from the code as it is: `node dist/test/tidy/writeRatchet.js`. It may only get shorter. */
import { existsSync, writeFileSync } from 'node:fs';
import { beyond, exceeding, measure, ratchetPath, readRatchet } from './ratchet.ts';
import { productFiles } from './sources.ts';

const now = measure(productFiles());
const was = readRatchet();
const grown = [...exceeding(now, was), ...beyond(now.arrows, was.arrows), ...beyond(now.state, was.state)];
if (grown.length > 0 && existsSync(ratchetPath)) {
  console.error(`the ratchet only shrinks:\n${grown.join('\n')}`);
  process.exitCode = 1;
} else {
  writeFileSync(ratchetPath, `${JSON.stringify(now, null, 2)}\n`);
  const sizes = [Object.keys(now.functions), Object.keys(now.files), now.arrows, now.state].map(
    (l) => l.length,
  );
  console.log(`functions, files, arrows, state: ${sizes.join(', ')}`);
}
