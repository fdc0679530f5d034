/** The pages in docs/guide hold what they show: tests run it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './server.ts';

/** The text of the first block in that language (` ```kamailio `) on a page. Throws when there is none. */
export function guideBlock(page: string, language: string): string {
  const text = readFileSync(join(repository, 'docs', 'guide', page), 'utf8');
  const start = text.indexOf(`\n\`\`\`${language}\n`);
  if (start < 0) throw new Error(`${page} has no block of ${language}`);
  const begin = start + language.length + 5;
  return text.slice(begin, text.indexOf('\n```', begin) + 1);
}
