/**
 * `olelo/client`: a SIP client as a library: users that register, call, answer, subscribe; requests from templates. `nodeClientPorts`
 * of `olelo` gives it sockets.
 */
export { Agent, type AgentUser } from './agent.ts';
export { composeRequest, composeText, type Fields, type HeaderField, type Recipe } from './compose.ts';
export type { Credentials } from './credentials.ts';
export { codecs, defaultFields, defaultSdp, defaultTemplate } from './defaults.ts';
export { Dialog } from './dialog.ts';
export type { ClientEvent, NoteEvent, Tap, WireEvent } from './events.ts';
export { ClientFailure, exitCodes, type FailureKind } from './failure.ts';
export { IncomingRequest } from './incoming.ts';
export type { ClientPorts, Link, LocalBinding, Way } from './link.ts';
export { Outbound, type OutboundOptions } from './outbound.ts';
export type { Answer, PendingRequest } from './pending.ts';
export { type Listener, Phone, type PhoneProfile } from './phone.ts';
export { AnsweringPhone } from './sessions/calls.ts';
export { IncomingCall } from './sessions/incomingCall.ts';
export { type CallSettings, OutgoingCall } from './sessions/outgoingCall.ts';
export type { SessionContext, SessionKind, SessionPlan } from './sessions/plan.ts';
export { Registration } from './sessions/registration.ts';
export { runSession } from './sessions/run.ts';
export { runSeries, type SeriesPlan, SeriesResult } from './sessions/series.ts';
export { Subscription } from './sessions/subscription.ts';
export { Stop, waitFor } from './stop.ts';
export { parseTarget, type Target } from './target.ts';
export { renderTemplate } from './template/render.ts';
export { TemplateError } from './template/syntax.ts';
export { type VariableSources, Variables } from './template/variables.ts';
export { defaultTls, type TlsOptions } from './tlsRules.ts';
export { type ClientContext, startPhone, stopPhone, type UserSettings } from './user.ts';
