import { equalsIgnoreCase } from '../sip/scan.ts';

/** Is it the same sent-by (RFC 3261 §17.2.3)? Port 0 is none, which means 5060. */
export function isSameSentBy(hostA: string, portA: number, hostB: string, portB: number): boolean {
  return (portA || 5060) === (portB || 5060) && equalsIgnoreCase(hostA, hostB);
}
