import type { TransformationDeclaration } from '../../module/define.ts';
import { emptyMatch, Substitution } from './substitution.ts';
import type { TextOps } from './textops.ts';

/** `{re.subst,/regexp/replacement/flags}`. */
export const transformations: Readonly<Record<string, TransformationDeclaration<TextOps>>> = {
  're.subst': {
    doc: 'with what a regular expression matches replaced; unchanged when nothing matches',
    minArgs: 1,
    maxArgs: 1,
    literal: true,
    bind: (_self, [expression]) => {
      const substitution = Substitution.parse(expression?.text ?? '', undefined);
      if ('error' in substitution) return { message: substitution.error };
      return (value, context) => {
        if (value === null) return '';
        const text = String(value);
        const result = substitution.apply(text, context);
        return result === undefined || result === emptyMatch ? text : result;
      };
    },
  },
};
