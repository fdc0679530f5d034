/** Parameters of module xhttp: Kamailio's, and the bounds of a request. */
export const xhttpParams = {
  url_skip: { type: 'string', default: '', doc: 'Requests whose URL matches this expression run no route.' },
  url_match: {
    type: 'string',
    default: '',
    doc: 'Only requests whose URL matches this expression run the route.',
  },
  event_callback: {
    type: 'string',
    default: '',
    doc: 'KEMI function instead of event_route[xhttp:request].',
  },
  max_header_size: {
    type: 'int',
    default: 16384,
    min: 1024,
    max: 1048576,
    doc: 'Olelo only. Request line and headers, bytes; longer ones are answered with 431.',
  },
  max_body_size: {
    type: 'int',
    default: 1048576,
    min: 0,
    doc: 'Olelo only. Body of a request, bytes; longer ones are answered with 413.',
  },
  max_pipelined: {
    type: 'int',
    default: 16,
    min: 1,
    doc: 'Olelo only. Requests that a client may send ahead; the connection of one that sends more is closed.',
  },
} as const;
