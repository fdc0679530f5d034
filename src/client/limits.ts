import { limits, type MessageLimits } from '../sip/limits.ts';

/** A test client takes larger messages than a server should. */
export const messageLimits: MessageLimits = { ...limits, messageBytes: 4 * 1024 * 1024 };
