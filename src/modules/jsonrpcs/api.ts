import type { JsonRpcAnswer } from './dispatcher.ts';

/** For modules that bring JSON-RPC documents by other ways (HTTP). */
export interface JsonRpcsApi {
  answer(document: string): Promise<JsonRpcAnswer>;
}
