/** The X.509 library, loaded only by those who make certificates or read revocation lists: it takes 100 ms. */
import { webcrypto } from 'node:crypto';

export type X509Library = typeof import('@peculiar/x509');

export async function loadX509(): Promise<X509Library> {
  // @peculiar/x509's dependency injection needs this polyfill before it
  await import('reflect-metadata');
  const library = await import('@peculiar/x509');
  library.cryptoProvider.set(webcrypto as never);
  return library;
}
