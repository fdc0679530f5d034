export const params = {
  expire: { type: 'int', default: 300, min: 0, doc: 'Age at which a token is stale, s.' },
  timeout: { type: 'int', default: 5, min: 1, doc: 'Longest wait for a certificate over HTTP, s.' },
  cache_dir: { type: 'string', default: '', doc: 'Directory of fetched certificates; empty keeps none.' },
  cache_expire: {
    type: 'int',
    default: 3600,
    min: 0,
    doc: 'Age at which a kept certificate is fetched again, s.',
  },
  modproc: {
    type: 'meaningless',
    default: 'secsipid_proc.so',
    because: 'signing and checking need no library of another process',
    doc: 'Module that Kamailio loads in each child.',
  },
  libopt: {
    type: 'list',
    default: [],
    doc: 'CacheDirPath, CacheExpires, CertVerify, CertCAFile, CertCAInter, CertCRLFile or x5u as name=value.',
  },
  private_addresses: {
    type: 'int',
    default: 0,
    min: 0,
    max: 1,
    doc: '1: fetch certificates from loopback and private addresses too.',
  },
  check_tn: {
    type: 'int',
    default: 0,
    min: 0,
    max: 2,
    doc: 'The TNAuthList of the certificate must hold the calling number: 0 no, 1 if there is one, 2 always.',
  },
} as const;
