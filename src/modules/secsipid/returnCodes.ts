import type { Failure } from '../../identity/index.ts';

/** The numbers that libsecsipid gives for a failure, and so the functions of Kamailio's module. */
export function returnCode(failure: Failure): number {
  const { check, part } = failure;
  switch (check) {
    case 'format':
      return formatCode(part);
    case 'algorithm':
      return part === 'header' ? -202 : -302;
    case 'extension':
      return part === 'header' ? -203 : -303;
    case 'x5u':
      return part === 'header' ? -205 : part === 'url' ? -401 : -303;
    case 'claims':
      return -231;
    case 'freshness':
      return -232;
    case 'signature':
      return -251;
    case 'certificate-fetch':
      return part === 'file' ? -451 : part === 'status' ? -403 : -402;
    case 'certificate-format':
      return part === 'no-pem' ? -102 : part === 'pem' ? -101 : -114;
    case 'certificate-chain':
      return part === 'file' ? -106 : part === 'pem' ? -105 : -101;
    case 'certificate-validity':
      return part === 'not-yet' ? -104 : -103;
    case 'certificate-revoked':
      return part === 'file' ? -110 : -112;
    case 'private-key':
      return part === 'pem' ? -151 : -152;
    default:
      return -1;
  }
}

function formatCode(part: Failure['part']): number {
  switch (part) {
    case 'header':
      return -201;
    case 'payload':
      return -231;
    case 'signature':
      return -253;
    default:
      return -301;
  }
}
