import { defineModule } from '../../module/define.ts';
import { bodyFunctions, multipartFunctions } from './bodyFunctions.ts';
import { additionFunctions, presenceFunctions, removalFunctions } from './headerFunctions.ts';
import { replaceFunctions, searchFunctions, substitutionFunctions } from './searchFunctions.ts';
import { stringFunctions } from './stringFunctions.ts';
import { TextOps } from './textops.ts';
import { transformations } from './transformations.ts';

export default defineModule({
  name: 'textops',
  summary: 'Looks into and edits headers and bodies as text. Edits show when the message leaves.',
  params: {},
  create: (host) => new TextOps(host),
  functions: ({ signature }) => ({
    ...searchFunctions(signature),
    ...replaceFunctions(signature),
    ...substitutionFunctions(signature),
    ...presenceFunctions(signature),
    ...removalFunctions(signature),
    ...additionFunctions(signature),
    ...bodyFunctions(signature),
    ...multipartFunctions(signature),
    ...stringFunctions(signature),
  }),
  transformations,
});
