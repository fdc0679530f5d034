import type { AnyModule } from '../module/define.ts';
import maxfwd from './maxfwd/index.ts';
import rr from './rr/index.ts';

/** The only list of modules: what `loadmodule` can load. */
export const modules: readonly AnyModule[] = [maxfwd, rr];
