import { defineModule } from '../../module/define.ts';
import { iteratorFunctions, iteratorVariables } from './iteratorFunctions.ts';
import { messageFunctions } from './messageFunctions.ts';
import { TextOpsX } from './textopsx.ts';
import { valueFunctions } from './valueFunctions.ts';
import { selects } from './valueSelects.ts';

export default defineModule({
  name: 'textopsx',
  summary: 'Applies edits, changes responses, edits values of headers, walks over headers and body lines.',
  params: {},
  create: (host) => new TextOpsX(host),
  functions: ({ signature }) => ({
    ...messageFunctions(signature),
    ...valueFunctions(signature),
    ...iteratorFunctions(signature),
  }),
  pvs: iteratorVariables,
  selects,
});
