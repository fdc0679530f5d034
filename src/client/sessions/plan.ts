import type { Stop } from '../stop.ts';
import type { ClientContext, UserSettings } from '../user.ts';
import type { CallSettings } from './outgoingCall.ts';

export type SessionKind = 'single' | 'register' | 'call' | 'callSelf' | 'callUser' | 'subscribe' | 'listen';

/** What a run is to do. */
export interface SessionPlan {
  readonly kind: SessionKind;
  /** Register before, unregister after. */
  readonly registerFirst: boolean;
  /** How long the session lasts, ms; undefined for its kind's own default. */
  readonly waitMs: number | undefined;
  /** How long our answering side rings. */
  readonly ringMs: number;
  /** From answer to BYE. */
  readonly durationMs: number;
  readonly call: CallSettings;
  readonly user: UserSettings;
  /** For `callUser`. */
  readonly second: UserSettings | undefined;
}

export interface SessionContext extends ClientContext {
  readonly stop: Stop;
}
