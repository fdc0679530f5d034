/** The request that is sent when no template is given. A line with nothing to say removes itself by `$rmeol`. */
export const defaultTemplate = `{{.method}} {{.ruri}} SIP/2.0
Via: SIP/2.0/{{.viaproto}} {{.viaaddr}}{{with .rport}}{{.}}{{end}};branch=z9hG4bK{{with .viabranch}}{{.}}{{end}}
Max-Forwards: {{or .maxforwards "70"}}
{{range .routes}}Route: {{.}}
{{end}}From: {{with .fromuri}}{{.}}{{else}}{{with .fname}}"{{.}}" {{end}}<sip:{{with .fuser}}{{.}}@{{end}}{{.fdomain}}>{{end}};tag={{.fromtag}}
To: {{with .touri}}{{.}}{{else}}{{with .tname}}"{{.}}" {{end}}<sip:{{with .tuser}}{{.}}@{{end}}{{.tdomain}}>{{end}}{{with .totag}};tag={{.}}{{end}}
Call-ID: {{.callid}}
CSeq: {{.cseqnum}} {{.method}}
{{with .contacturi}}Contact: {{.}}{{with $.contactparams}};{{.}}{{end}}{{else}}$rmeol{{end}}
{{with .expires}}Expires: {{.}}{{else}}$rmeol{{end}}
{{with .event}}Event: {{.}}{{else}}$rmeol{{end}}
{{with .subject}}Subject: {{.}}{{else}}$rmeol{{end}}
{{with .date}}Date: {{.}}{{else}}$rmeol{{end}}
{{with .useragent}}User-Agent: {{.}}{{else}}$rmeol{{end}}
Content-Length: 0

`;

/** Values of fields that nobody gives. */
export const defaultFields: Readonly<Record<string, unknown>> = {
  method: 'OPTIONS',
  fuser: 'alice',
  fdomain: 'localhost',
  tuser: 'bob',
  tdomain: 'localhost',
  viabranch: '$uuid',
  rport: ';rport',
  fromtag: '$uuid',
  callid: '$uuid',
  cseqnum: '$randseq',
  sdpuser: 'olelo',
  sdpsessid: '$timestamp',
  sdpsessversion: '$timestamp',
  sdprtpport: '$rand(20000,40000)',
  sdpdirection: 'sendrecv',
};

/** The offer of an INVITE without a body of its own; `sdpcodecs` is the list of the codecs offered. */
export const defaultSdp = `v=0
o={{.sdpuser}} {{.sdpsessid}} {{.sdpsessversion}} IN {{.sdpaf}} {{.localip}}
s=-
c=IN {{.sdpaf}} {{.localip}}
t=0 0
m=audio {{.sdprtpport}} RTP/AVP{{range .sdpcodecs}} {{.payload}}{{end}}
{{range .sdpcodecs}}a=rtpmap:{{.payload}} {{.name}}
{{end}}a={{.sdpdirection}}
`;

/** The text of a MESSAGE without a body of its own. */
export const defaultMessageText = 'Hello from olelo send.';

export interface Codec {
  readonly payload: number;
  readonly name: string;
}

/** Codecs of `--codecs` by name, with the payload types of RFC 3551 or, for dynamic ones, of our choice. */
export const codecs: Readonly<Record<string, Codec>> = {
  PCMU: { payload: 0, name: 'PCMU/8000' },
  GSM: { payload: 3, name: 'GSM/8000' },
  PCMA: { payload: 8, name: 'PCMA/8000' },
  G722: { payload: 9, name: 'G722/8000' },
  G729: { payload: 18, name: 'G729/8000' },
  OPUS: { payload: 111, name: 'opus/48000/2' },
  'TELEPHONE-EVENT': { payload: 101, name: 'telephone-event/8000' },
};

export const defaultCodecs: readonly string[] = ['PCMU', 'PCMA', 'TELEPHONE-EVENT'];
