/**
 * Fuzzing of the message layer on demand:
 *   node dist/test/fuzz/sip.js [seconds, default 60] [first seed, default 1]
 * Each seed makes one mutated message and one chunking of it; a failure prints its seed, and
 * `node dist/test/fuzz/sip.js 0 SEED` runs that one alone. Reports the slowest inputs; over 5 ms is a failure
 * (measured three times, the best counts).
 */

import { framesOf, sameFramesForAnyChunking } from './exerciseFramer.ts';
import { exerciseSip } from './exerciseSip.ts';
import { mutate, tortureCorpus } from './mutate.ts';
import { Random } from './random.ts';

const LIMIT_MS = 5;
const corpus = tortureCorpus(new URL('../../../', import.meta.url));
const seconds = Number(process.argv[2] ?? 60);
const firstSeed = Number(process.argv[3] ?? 1);

function inputOf(seed: number): { text: string; random: Random } {
  const random = new Random(seed);
  return { text: mutate(corpus, random), random };
}

function elapsedMs(run: () => void): number {
  const start = process.hrtime.bigint();
  run();
  return Number(process.hrtime.bigint() - start) / 1e6;
}

/** One parse and validation with all that reads, as on receipt; the best of three when it was slow. */
function slownessMs(text: string): number {
  let best = elapsedMs(() => exerciseSip(text));
  for (let i = 0; i < 3 && best > LIMIT_MS; i++)
    best = Math.min(
      best,
      elapsedMs(() => exerciseSip(text)),
    );
  return best;
}

function runSeed(seed: number): number {
  const { text, random } = inputOf(seed);
  try {
    const ms = slownessMs(text);
    framesOf(text);
    sameFramesForAnyChunking(text, random);
    if (ms > LIMIT_MS) throw new Error(`took ${ms.toFixed(1)} ms`);
    return ms;
  } catch (error) {
    console.error(`seed ${seed}: ${JSON.stringify(text.slice(0, 2000))}`);
    throw error;
  }
}

for (let seed = 0; seed < 2000; seed++) exerciseSip(inputOf(seed).text); // let the compiler settle before measuring
const end = Date.now() + seconds * 1000;
let slowest = { seed: 0, ms: 0 };
let seed = firstSeed;
do {
  const ms = runSeed(seed);
  if (ms > slowest.ms) slowest = { seed, ms };
  seed++;
} while (Date.now() < end);
console.log(
  `${seed - firstSeed} inputs, seeds ${firstSeed} to ${seed - 1}, no failure; slowest ${slowest.ms.toFixed(2)} ms (seed ${slowest.seed})`,
);
