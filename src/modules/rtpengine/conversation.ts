/** One command and its reply, in bencode. */
import type { CommandClient, NoReply } from '../../module/mediaNodes/commandClient.ts';
import type { MediaNode } from '../../module/mediaNodes/nodes.ts';
import { type Dictionary, decodeDictionary, encode, textOf } from './bencode.ts';
import type { RtpengineConfig } from './params.ts';

const ping: Dictionary = new Map([['command', 'ping']]);
/** Stands for a reply that cannot be read. */
const malformed: Dictionary = new Map([
  ['result', 'error'],
  ['error-reason', 'the reply is no bencoded dictionary'],
]);

/** The reply, or why there is none. */
export async function askNode(
  client: CommandClient,
  config: RtpengineConfig,
  node: MediaNode,
  command: Dictionary,
): Promise<Dictionary | NoReply> {
  const { rtpengine_tout_ms: timeoutMs, rtpengine_retr: tries } = config;
  const reply = await client.ask(node, encode(command), { timeoutMs, tries });
  return typeof reply === 'string' ? reply : (decodeDictionary(reply.text) ?? malformed);
}

export async function isAlive(
  client: CommandClient,
  config: RtpengineConfig,
  node: MediaNode,
): Promise<boolean> {
  const reply = await askNode(client, config, node, ping);
  return typeof reply !== 'string' && textOf(reply, 'result') === 'pong';
}
