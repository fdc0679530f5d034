import { mkdirSync, readdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { referenceFiles } from '../cli/referenceFiles.ts';
import { modules } from '../modules/index.ts';
import core from '../script/core/index.ts';

/** `npm run docs`: writes the generated part of docs/. */
const root = join(import.meta.dirname, '..', '..', '..');
const files = referenceFiles([core, ...modules]);
mkdirSync(join(root, 'docs', 'reference'), { recursive: true });
for (const name of readdirSync(join(root, 'docs', 'reference'))) {
  if (!files.has(`docs/reference/${name}`)) unlinkSync(join(root, 'docs', 'reference', name));
}
for (const [path, text] of files) writeFileSync(join(root, path), text);
process.stdout.write(`${files.size} files written\n`);
