/** What the handshake has settled. */
export interface TlsSession {
  /** `TLSv1.3` */
  readonly version: string;
  /** OpenSSL's name of the cipher suite. */
  readonly cipher: string;
  /** Key bits of the symmetric cipher; 0 when unknown. */
  readonly cipherBits: number;
  /** The name that the client asked for (SNI); '' without. */
  readonly serverName: string;
  readonly resumed: boolean;
  /** DER of the peer's certificate and the chain that was found to it, leaf first; empty when it showed none. */
  readonly peerCertificates: readonly Uint8Array[];
  /** DER of the certificate that we showed. */
  readonly ownCertificate: Uint8Array | undefined;
  /**
   * '' when the peer's certificate is valid under the context (chain, dates, revocation; not its name), else
   * OpenSSL's code such as `CERT_HAS_EXPIRED`; `NO_CERTIFICATE` when there is none.
   */
  readonly verifyError: string;
}
