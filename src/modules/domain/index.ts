import { argumentText } from '../../module/argumentText.ts';
import { arg, defineModule } from '../../module/define.ts';
import type { DomainApi } from './api.ts';
import { Domains } from './domains.ts';
import { params } from './params.ts';

const domain = arg.any('domain', 'domain');
const routes = ['request', 'failure', 'branch'] as const;
const returns = { 1: 'it is', [-1]: 'it is not' };

export default defineModule({
  name: 'domain',
  summary: 'The domains that the server is responsible for, and their attributes, from a database.',
  params,
  create: (host, config) => new Domains(host, config),
  start: (self) => self.start(),
  api: (self): DomainApi => self,
  functions: ({ signature }) => ({
    is_from_local: {
      doc: 'Is the domain in From local?',
      routes,
      returns,
      signatures: [
        signature({
          kemi: 'is_from_local',
          run: (self, context) => (self.isUriLocal(context.message.from?.uri ?? '') ? 1 : -1),
        }),
      ],
    },
    is_uri_host_local: {
      doc: 'Is the domain of the Request-URI (in a branch route: of the branch) local?',
      routes,
      returns,
      signatures: [
        signature({
          kemi: 'is_uri_host_local',
          run: (self, context) => (self.isRequestUriLocal(context) ? 1 : -1),
        }),
      ],
    },
    is_domain_local: {
      doc: 'Is a domain local?',
      returns,
      signatures: [
        signature({
          kemi: 'is_domain_local',
          args: [domain],
          run: (self, _context, name) => (self.isLocal(argumentText(name)) ? 1 : -1),
        }),
      ],
    },
    lookup_domain: {
      doc: 'Is a domain local? If so, hands its attributes over as AVPs, and its id as `did`.',
      returns,
      signatures: [
        signature({
          kemi: 'lookup_domain',
          args: [domain],
          run: (self, context, name) => self.lookup(context, argumentText(name), ''),
        }),
        signature({
          kemi: 'lookup_domain_prefix',
          args: [domain, arg.any('prefix', 'before the names of the AVPs')],
          run: (self, context, name, prefix) =>
            self.lookup(context, argumentText(name), argumentText(prefix)),
        }),
      ],
    },
  }),
  rpc: {
    'domain.reload': {
      doc: 'Reads both tables again; on an error the old ones stay.',
      run: (self) => self.reload(),
    },
    'domain.dump': {
      doc: 'All domains with their ids, and the names of the attributes of each id.',
      run: (self) => self.dump(),
    },
  },
});
