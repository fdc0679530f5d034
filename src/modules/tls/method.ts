import { type TlsVersion, tlsVersions } from '../../base/tlsPort.ts';

export interface VersionRange {
  readonly minVersion: TlsVersion;
  readonly maxVersion: TlsVersion;
}

const names: Readonly<Record<string, TlsVersion>> = {
  tlsv1: 'TLSv1',
  'tlsv1.0': 'TLSv1',
  'tlsv1.1': 'TLSv1.1',
  'tlsv1.2': 'TLSv1.2',
  'tlsv1.3': 'TLSv1.3',
};

/** `TLSv1.2` is that version alone, `TLSv1.2+` that or any newer; an error text for what there is not. */
export function parseMethod(text: string): VersionRange | string {
  const lower = text.toLowerCase();
  if (lower === 'sslv23') return { minVersion: 'TLSv1', maxVersion: newest };
  if (lower === 'sslv2' || lower === 'sslv3') return `${text} is broken and no longer there; TLSv1.2+ is`;
  const open = lower.endsWith('+');
  const version = names[open ? lower.slice(0, -1) : lower];
  if (version === undefined) return `'${text}' is no TLS method; TLSv1.2+ and TLSv1.3 are, for example`;
  return { minVersion: version, maxVersion: open ? newest : version };
}

const newest: TlsVersion = tlsVersions[tlsVersions.length - 1] ?? 'TLSv1.3';
