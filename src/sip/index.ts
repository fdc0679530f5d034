/** `olelo/sip`: the message layer by itself. */
export * from './editList.ts';
export * from './headerKind.ts';
export * from './limits.ts';
export * from './message.ts';
export * from './nameAddr.ts';
export * from './params.ts';
export * from './uri.ts';
export * from './via.ts';
