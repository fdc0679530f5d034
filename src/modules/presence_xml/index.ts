import { arg, defineModule } from '../../module/define.ts';
import { params } from './params.ts';
import { PresenceXml } from './presenceXml.ts';

const presentity = arg.string('presentity_uri', 'URI of the presentity');

export default defineModule({
  name: 'presence_xml',
  summary: 'Event packages with XML documents for presence: presence, presence.winfo, dialog;sla, xcap-diff.',
  requires: ['presence'],
  params,
  create: (host, config) => new PresenceXml(host, config),
  functions: ({ signature }) => ({
    pres_check_basic: {
      doc: 'Has a tuple of the presentity this basic status?',
      returns: { 1: 'yes', [-1]: 'no' },
      signatures: [
        signature({
          kemi: 'pres_check_basic',
          args: [presentity, arg.string('status', 'open or closed')],
          waits: true,
          run: (self, _context, uri, status) => self.checkBasic(uri, status),
        }),
      ],
    },
    pres_check_activities: {
      doc: 'Does the person behind the presentity do this?',
      returns: { 1: 'yes', [-1]: 'no', [-2]: 'its document tells of no activities' },
      signatures: [
        signature({
          kemi: 'pres_check_activities',
          args: [presentity, arg.string('activity', 'an element name of RPID such as away')],
          waits: true,
          run: (self, _context, uri, activity) => self.checkActivities(uri, activity),
        }),
      ],
    },
  }),
  start: (self) => self.start(),
});
