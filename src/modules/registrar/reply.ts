import { splitUri } from '../../sip/uriParts.ts';
import type { Binding, LocationDomain, LocationRecord } from '../usrloc/api.ts';
import { qText } from './contactValues.ts';
import { type Refusal, reasonOf, refusals } from './errors.ts';
import { gruuParams } from './gruu.ts';
import type { Parts } from './parts.ts';
import type { Registration } from './registration.ts';

/** An answer to a REGISTER that may be sent later (`reg_send_reply`). */
export interface PreparedReply {
  readonly status: number;
  readonly reason: string;
  /** Full lines with CRLF. */
  readonly headers: string;
}

/** What a reply is about; without `record` no contacts are listed. */
export interface ReplySubject {
  readonly domain: LocationDomain;
  readonly record: LocationRecord | undefined;
  readonly registration: Registration;
  /** URI of the AoR: its user and host make the GRUUs. */
  readonly aorUri: string;
}

/** The 200 (RFC 3261 §10.3 step 8, RFC 3327 §5.3, RFC 5626 §6). */
export function acceptance(parts: Parts, subject: ReplySubject): PreparedReply {
  const { registration } = subject;
  let headers = contactHeader(parts, subject);
  const path = registration.path;
  if (path !== undefined && parts.config.path_mode !== 0 && registration.supportsPath)
    headers += `Path: ${path.text}\r\n`;
  return { status: 200, reason: 'OK', headers: headers + outboundHeaders(parts, registration) };
}

/** An error answer; contacts are listed when the record was reached before the error. */
export function rejection(parts: Parts, refusal: Refusal, subject: ReplySubject | undefined): PreparedReply {
  let headers = subject === undefined ? '' : contactHeader(parts, subject);
  headers += rejectionHeaders(parts, refusal, subject);
  headers += `P-Registrar-Error: ${refusal.text}\r\n`;
  const retryAfter = parts.config.retry_after;
  if (refusal.status >= 500 && retryAfter > 0) headers += `Retry-After: ${retryAfter}\r\n`;
  return { status: refusal.status, reason: reasonOf(refusal.status), headers };
}

function rejectionHeaders(parts: Parts, refusal: Refusal, subject: ReplySubject | undefined): string {
  switch (refusal) {
    case refusals.pathUnsupported: {
      const outbound = subject === undefined ? '' : outboundHeaders(parts, subject.registration);
      return `Unsupported: path\r\nPath: ${subject?.registration.path?.text ?? ''}\r\n${outbound}`;
    }
    case refusals.outboundRequired:
      return 'Unsupported: outbound\r\n';
    case refusals.outboundMissing:
      return 'Require: outbound\r\nSupported: outbound\r\n';
    case refusals.tooBrief:
      return `Min-Expires: ${parts.config.min_expires}\r\n`;
    default:
      return '';
  }
}

function outboundHeaders({ config }: Parts, registration: Registration): string {
  if (config.outbound_mode === 0) return '';
  const timer =
    config.flow_timer > 0 && registration.supportsOutbound ? `Flow-Timer: ${config.flow_timer}\r\n` : '';
  if (config.outbound_mode === 2) return `Require: outbound\r\nSupported: outbound\r\n${timer}`;
  return `Supported: outbound\r\n${registration.supportsOutbound ? 'Require: outbound\r\n' : ''}${timer}`;
}

/** All bindings that are valid now; '' when there is none. */
function contactHeader(parts: Parts, subject: ReplySubject): string {
  const nowSec = parts.nowSec();
  let out = '';
  for (const binding of subject.record?.bindings ?? []) {
    if (!subject.domain.isValid(binding, nowSec)) continue;
    out += `${out === '' ? 'Contact: ' : ', '}${contactValue(parts, subject, binding, nowSec)}`;
  }
  return out === '' ? '' : `${out}\r\n`;
}

function contactValue(parts: Parts, subject: ReplySubject, binding: Binding, nowSec: number): string {
  let out = `<${binding.contact}>`;
  if (binding.q >= 0) out += `;q=${qText(binding.q)}`;
  out += `;expires=${binding.expiresSec === 0 ? 0xffffffff : binding.expiresSec - nowSec}`;
  const { received_param, gruu_enabled } = parts.config;
  if (binding.received !== '' && received_param !== '') out += `;${received_param}="${binding.received}"`;
  if (binding.instance === '') return out;
  if (gruu_enabled !== 0 && subject.registration.supportsGruu) out += gruuOf(subject.aorUri, binding);
  out += `;+sip.instance="${binding.instance}"`;
  return binding.regId > 0 ? `${out};reg-id=${binding.regId}` : out;
}

function gruuOf(aorUri: string, binding: Binding): string {
  const uri = splitUri(aorUri);
  return uri === undefined ? '' : gruuParams(binding, uri.user, uri.host);
}
