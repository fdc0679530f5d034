/** Counters of a call for `$rtpestat`, which cannot wait for them itself. */

import type { ScriptContext } from '../../module/context.ts';
import { movesWithinDialog } from '../../module/dialogRequests.ts';
import { identityOf, makeCommand } from './command.ts';
import { askNode } from './conversation.ts';
import { parseFlags } from './flags.ts';
import type { Rtpengine } from './rtpengine.ts';

const noFlags = parseFlags('');

/** Asks the node that has the call, when it lives; undefined when there is nothing to ask. */
export function fetchPackets(self: Rtpengine, context: ScriptContext): Promise<void> | undefined {
  if (!movesWithinDialog(context.message)) return undefined;
  const node = self.calls.findAny(context.message.callId);
  if (node === undefined || !node.enabled) return undefined;
  const command = makeCommand(context, {
    operation: 'query',
    flags: noFlags,
    identity: identityOf(context.message, 'query', noFlags),
    viaBranch: '',
    sdp: undefined,
    isFragment: false,
    rawFlags: undefined,
  });
  return askNode(self.client, self.config, node, command).then((reply) => {
    if (reply === 'timeout') self.pool.fail(node);
    else if (typeof reply !== 'string' && reply.get('result') === 'ok') self.keepReply(context, reply);
  });
}
