import { defineModule } from '../../module/define.ts';

export default defineModule({
  name: 'secsipid_proc',
  summary:
    'The library half of secsipid in Kamailio; here secsipid has all, and loading this changes nothing.',
  params: {},
  create: () => undefined,
});
