/** The X.509 library, loaded by those who need it and not with the server: it takes 100 ms. */
import { webcrypto } from 'node:crypto';
import { createRequire } from 'node:module';

export type X509Library = typeof import('@peculiar/x509');

const require = createRequire(import.meta.url);

/** The library; Node keeps it after the first call. */
export function loadX509(): X509Library {
  // its dependency injection needs this polyfill before it
  require('reflect-metadata');
  const library = require('@peculiar/x509') as X509Library;
  library.cryptoProvider.set(webcrypto as never);
  return library;
}
