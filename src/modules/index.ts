import type { AnyModule } from '../module/define.ts';

/** The only list of modules: what `loadmodule` can load. */
export const modules: readonly AnyModule[] = [];
