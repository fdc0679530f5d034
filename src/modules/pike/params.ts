export const params = {
  sampling_time_unit: { type: 'int', default: 2, min: 1, doc: 'Length of a sampling period, s.' },
  reqs_density_per_unit: {
    type: 'int',
    default: 30,
    min: 1,
    doc: 'Requests of one address in a period from which on it is blocked, once the address is in the tree.',
  },
  remove_latency: {
    type: 'int',
    default: 120,
    min: 1,
    doc: 'An address is forgotten this long after its last request, s.',
  },
  pike_log_level: { type: 'int', default: 0, min: -5, max: 4, doc: 'Log level of blocking and unblocking.' },
} as const;
