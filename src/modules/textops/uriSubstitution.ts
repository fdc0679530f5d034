import type { ScriptContext } from '../../module/context.ts';
import { splitUri } from '../../sip/uriParts.ts';
import { withUser } from '../../sip/uriRewrite.ts';
import { emptyMatch } from './substitution.ts';
import type { TextOps } from './textops.ts';

/** The substituted text; undefined when nothing matched or the expression is unusable. */
function substituted(
  self: TextOps,
  context: ScriptContext,
  expression: string,
  subject: string,
): string | undefined {
  const result = self.substitution(expression)?.apply(subject, context);
  if (result !== emptyMatch) return result;
  self.host.log.error('a substitution matched an empty text');
  return undefined;
}

function setUri(context: ScriptContext, uri: string): number {
  context.target.requestUri = uri;
  context.uriChanged = true;
  return 1;
}

export function substituteUri(self: TextOps, context: ScriptContext, expression: string): number {
  const result = substituted(self, context, expression, context.target.requestUri);
  return result === undefined ? -1 : setUri(context, result);
}

export function substituteUser(self: TextOps, context: ScriptContext, expression: string): number {
  const uri = context.target.requestUri;
  const user = splitUri(uri)?.user;
  if (user === undefined || user === '') return -1;
  const result = substituted(self, context, expression, user);
  if (result === undefined) return -1;
  const changed = withUser(uri, result);
  return changed === undefined ? -1 : setUri(context, changed);
}
