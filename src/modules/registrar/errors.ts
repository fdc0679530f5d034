/** Why a REGISTER is refused: what the client is told in the status line and in P-Registrar-Error. */
export interface Refusal {
  readonly status: number;
  readonly text: string;
}

const refusal = (status: number, text: string): Refusal => ({ status, text });

export const refusals = {
  starExpires: refusal(400, '* used in contact and expires is not zero'),
  starNotAlone: refusal(400, '* used in contact and more than 1 contact'),
  contactSyntax: refusal(400, 'Contact parse error'),
  contactLength: refusal(400, 'Contact/received too long'),
  expiresSyntax: refusal(400, 'Expires parse error'),
  q: refusal(400, 'Invalid q param in contact'),
  regId: refusal(400, 'Invalid Reg-Id number'),
  cseq: refusal(400, 'Invalid CSeq number'),
  noCseq: refusal(400, 'CSeq header not found'),
  noTo: refusal(400, 'To header not found'),
  noUser: refusal(400, 'No username in To URI'),
  aorSyntax: refusal(400, 'Error while parsing AOR'),
  aorEscape: refusal(400, 'Error while unescaping username'),
  aorLength: refusal(400, 'Address Of Record too long'),
  callIdLength: refusal(400, 'Callid too long'),
  pathSyntax: refusal(400, 'Path parse error'),
  pathUnsupported: refusal(420, 'No support for found Path indicated'),
  outboundRequired: refusal(420, 'No support for Outbound on server'),
  outboundMissing: refusal(421, 'No support for Outbound indicated'),
  outboundEdge: refusal(439, 'No support for Outbound on edge proxy'),
  tooBrief: refusal(423, 'Interval too brief'),
  tooMany: refusal(503, 'Too many registered contacts'),
  recordRead: refusal(500, 'usrloc_record_get failed'),
  recordWrite: refusal(500, 'usrloc_contact_update failed'),
} as const;

const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  420: 'Bad Extension',
  421: 'Extension Required',
  423: 'Interval Too Brief',
  439: 'First Hop Lacks Outbound Support',
  500: 'Server Internal Error',
  503: 'Service Unavailable',
};

export function reasonOf(status: number): string {
  return reasons[status] ?? 'OK';
}

export function isRefusal(value: object): value is Refusal {
  return 'status' in value && 'text' in value;
}
