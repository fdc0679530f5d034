import type { ScriptContext } from '../../module/context.ts';
import { XavpNode } from '../../module/variables.ts';
import type { Binding } from '../usrloc/api.ts';
import { cloneXavp } from './cfgXavp.ts';
import type { Parts } from './parts.ts';

/** Bits of `xavp_rcd_mask`. */
const SkipField = { ruid: 1, contact: 2, expires: 4, received: 8, path: 16 } as const;

/** Tells the script which contact was found or saved last (`xavp_rcd`). */
export function publishRecord(parts: Parts, context: ScriptContext, binding: Binding): void {
  const { xavp_rcd: name, xavp_rcd_mask: mask } = parts.config;
  if (name === '') return;
  const node = new XavpNode();
  if ((mask & SkipField.path) === 0 && binding.path !== '') node.push('path', binding.path);
  if ((mask & SkipField.received) === 0 && binding.received !== '') node.push('received', binding.received);
  if ((mask & SkipField.expires) === 0)
    node.push('expires', binding.expiresSec === 0 ? 0 : binding.expiresSec - parts.nowSec());
  if ((mask & SkipField.contact) === 0) node.push('contact', binding.contact);
  if ((mask & SkipField.ruid) === 0) node.push('ruid', binding.ruid);
  context.variables.xavps.removeAll(name);
  context.variables.xavps.push(name, node);
}

/** Gives the attributes of a contact back to the script, behind those that are there (`xavp_contact`). */
export function restoreAttributes(parts: Parts, context: ScriptContext, binding: Binding): void {
  const name = parts.location.xavpContact;
  if (name === '' || binding.attributes === undefined) return;
  context.variables.xavps.fields.push({ name, value: cloneXavp(binding.attributes) });
}
