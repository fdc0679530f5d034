import type { Answer } from '../pending.ts';
import type { Phone } from '../phone.ts';

/** One request and its final response. */
export function single(phone: Phone): Promise<Answer> {
  const { recipe } = phone.profile;
  const isRegister = recipe.fields.method === 'REGISTER';
  return phone.send(isRegister ? phone.profile.registration : {});
}
