import { createHash } from 'node:crypto';
import type { ScriptContext } from '../../module/context.ts';
import { isIpv4, parseIpv6 } from '../../sip/host.ts';

/** Bits of `auth_checks_*`. */
export const BoundPart = { requestUri: 1, callId: 2, fromTag: 4, source: 8 } as const;

/** The second signature of a nonce: over those parts of the request that `parts` names. 16 bytes. */
export function requestDigest(context: ScriptContext, parts: number, secret: string): Buffer {
  const { message, flow, target } = context;
  const hash = createHash('md5');
  if ((parts & BoundPart.requestUri) !== 0) hash.update(target.requestUri, 'latin1');
  if ((parts & BoundPart.callId) !== 0) hash.update(message.callId, 'latin1');
  if ((parts & BoundPart.fromTag) !== 0) hash.update(message.fromTag, 'latin1');
  if ((parts & BoundPart.source) !== 0) hash.update(addressBytes(flow.address));
  return hash.update(secret, 'latin1').digest();
}

/** 4 or 16 bytes, in network order. */
function addressBytes(address: string): Buffer {
  if (isIpv4(address)) return Buffer.from(address.split('.').map(Number));
  return Buffer.from((parseIpv6(address) ?? []).flatMap((group) => [group >> 8, group & 255]));
}
