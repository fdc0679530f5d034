import type { Fields } from '../compose.ts';
import type { Answer } from '../pending.ts';
import type { Phone } from '../phone.ts';

/** Methods whose requests need a Contact (RFC 3261 §8.1.1.8, §10.2, RFC 6665). */
const withContact = new Set(['REGISTER', 'INVITE', 'SUBSCRIBE']);

/** One request and its final response. */
export async function single(phone: Phone): Promise<Answer> {
  const { recipe, registration, buildContact } = phone.profile;
  const method = String(recipe.fields.method);
  const fields: Record<string, unknown> = method === 'REGISTER' ? { ...registration } : {};
  if (buildContact ?? withContact.has(method))
    fields.contacturi = phone.contactOn(await phone.outbound.way());
  return phone.send(fields as Fields);
}
