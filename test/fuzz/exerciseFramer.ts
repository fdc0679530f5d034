import assert from 'node:assert/strict';
import { type Frame, StreamFramer } from '../../src/sip/framer.ts';
import type { Random } from './random.ts';

/** The frames of a stream that comes in the given pieces; the last piece is what is left. */
export function framesOf(text: string, sizes: Iterable<number> = []): Frame[] {
  const framer = new StreamFramer();
  const data = Buffer.from(text, 'latin1');
  const frames: Frame[] = [];
  let at = 0;
  for (const size of sizes) {
    if (at >= data.length) break;
    frames.push(...framer.push(data.subarray(at, at + size)));
    at += size;
  }
  frames.push(...framer.push(data.subarray(at)));
  return frames;
}

/** Asserts that random pieces give the same frames as the whole. */
export function sameFramesForAnyChunking(text: string, random: Random): void {
  const longest = random.pick([1, 2, 7, 100, 1500]);
  const pieces = (function* () {
    for (;;) yield 1 + random.below(longest);
  })();
  assert.deepEqual(framesOf(text, pieces), framesOf(text));
}
