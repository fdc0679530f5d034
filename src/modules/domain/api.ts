/** `host.api<DomainApi>('domain')`. */
export interface DomainApi {
  /** Is a domain in the table, letter case aside? */
  isLocal(domain: string): boolean;
}
