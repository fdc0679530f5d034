/** `olelo/sip`: the message layer by itself. */
export * from './editList.ts';
export * from './framer.ts';
export * from './headerKind.ts';
export * from './headerValues.ts';
export * from './limits.ts';
export * from './message.ts';
export * from './nameAddr.ts';
export * from './params.ts';
export * from './reasonPhrases.ts';
export * from './render.ts';
export * from './request.ts';
export * from './response.ts';
export * from './scan.ts';
export * from './uri.ts';
export * from './via.ts';
export * from './viaStamp.ts';
