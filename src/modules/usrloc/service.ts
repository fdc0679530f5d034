import { errorText, isOutage, ServerError } from '../../base/errors.ts';
import type { Database } from '../../base/ports.ts';
import type { Timer } from '../../base/timerQueue.ts';
import type { Host } from '../../module/host.ts';
import type {
  Binding,
  LocationDomain,
  LocationEvent,
  LocationListener,
  LocationService,
  Maybe,
} from './api.ts';
import { DatabaseDomain } from './databaseDomain.ts';
import { Keepalives } from './keepalive.ts';
import { Loader } from './loader.ts';
import { type DomainContext, MemoryDomain } from './memoryDomain.ts';
import type { UsrlocConfig } from './params.ts';
import { RowMapper } from './rows.ts';
import { RuidMaker } from './ruid.ts';
import { WriteQueue } from './writeQueue.ts';

/** `db_mode`. */
export const DbMode = { none: 0, writeThrough: 1, writeBack: 2, only: 3, readOnly: 4 } as const;

/** Table that is loaded at start without being asked for. */
const defaultTable = 'location';

export type AnyDomain = MemoryDomain | DatabaseDomain;

/** The only owner of all bindings. */
export class Locations implements LocationService {
  readonly host: Host;
  readonly config: UsrlocConfig;
  readonly domains = new Map<string, AnyDomain>();
  readonly #loading = new Map<string, Promise<LocationDomain>>();
  readonly #queues = new Map<string, WriteQueue>();
  readonly #listeners: LocationListener[] = [];
  readonly #context: DomainContext;
  readonly #rows: RowMapper;
  readonly #keepalives: Keepalives | undefined;
  #database: Database | undefined;
  #ticking: Timer | undefined;
  #hasSockets = false;

  constructor(host: Host, config: UsrlocConfig) {
    this.host = host;
    this.config = config;
    this.#rows = new RowMapper(config, (text) => host.transport.findSocket(text));
    this.#context = {
      host,
      config,
      ruids: new RuidMaker(host),
      emit: (event, binding, domain) => this.#emit(event, binding, domain),
    };
    this.#keepalives =
      config.ka_mode === 0 ? undefined : new Keepalives(host, config, () => this.domains.values());
    if (config.handle_lost_tcp !== 0 && config.db_mode === DbMode.only)
      host.log.warn('handle_lost_tcp has no effect in db_mode 3');
  }

  get useDomain(): boolean {
    return this.config.use_domain !== 0;
  }
  get natBranchFlag(): number {
    return this.config.nat_bflag;
  }
  get xavpContact(): string {
    return this.config.xavp_contact;
  }
  get dbMode(): number {
    return this.config.db_mode;
  }
  get readsWait(): boolean {
    // a table that is named for the first time is loaded then
    return this.config.db_mode !== DbMode.none;
  }
  get writesWait(): boolean {
    return this.config.db_mode !== DbMode.none;
  }

  /** undefined in db_mode 0. */
  get database(): Database | undefined {
    return this.#database;
  }

  on(listener: LocationListener): void {
    this.#listeners.push(listener);
  }

  allDomains(): Iterable<LocationDomain> {
    return this.domains.values();
  }

  findDomain(name: string): AnyDomain | undefined {
    return this.#loading.has(name) ? undefined : this.domains.get(name);
  }

  registerDomain(name: string): Maybe<LocationDomain> {
    const loading = this.#loading.get(name);
    if (loading !== undefined) return loading;
    return this.domains.get(name) ?? this.#open(name);
  }

  async start(): Promise<void> {
    const { config, host } = this;
    host.statistics.register('usrloc', 'registered_users', () => this.#sum((domain) => domain.userCount));
    host.hooks.onConnectionClosed((id) => this.#loseConnection(id));
    this.#keepalives?.listen();
    this.#ticking = host.timers.every(config.timer_interval * 1000, () => this.#tick());
    if (config.db_mode !== DbMode.none) this.#database = await host.database(config.db_url);
    // a registrar will want its table, and tools ask for it before the first REGISTER
    const wantsDefault = config.db_mode !== DbMode.none || host.isModuleLoaded('registrar');
    const tables = wantsDefault ? [defaultTable, ...config.preload] : config.preload;
    for (const table of new Set(tables)) await this.registerDomain(table);
  }

  /** All sockets are open. */
  ready(): void {
    this.#hasSockets = true;
    for (const domain of this.domains.values()) if (domain instanceof MemoryDomain) domain.adoptSockets();
  }

  /** Ends the timer, after writing once more what it would have written. */
  async stop(): Promise<void> {
    if (this.#ticking !== undefined) this.host.timers.cancel(this.#ticking);
    await this.flush();
  }

  /** Writes what the timer would have written. */
  async flush(): Promise<void> {
    for (const queue of this.#queues.values()) await queue.flush();
  }

  #open(name: string): Maybe<LocationDomain> {
    if (this.config.db_mode === DbMode.none)
      return this.#add(new MemoryDomain(name, this.#context, { kind: 'none' }));
    const loading = this.#openStored(name).finally(() => this.#loading.delete(name));
    this.#loading.set(name, loading);
    return loading;
  }

  async #openStored(name: string): Promise<LocationDomain> {
    const { config, host } = this;
    const database = this.#database;
    if (database === undefined)
      throw new ServerError('USRLOC_NOT_STARTED', `location table ${name} asked for before the start`);
    const loader = new Loader(host, config, database, this.#rows);
    await loader.checkVersion(name);
    if (config.db_mode === DbMode.only)
      return this.#add(new DatabaseDomain(name, this.#context, database, this.#rows));
    const domain = new MemoryDomain(name, this.#context, this.#persistenceFor(name, database));
    if (config.db_load !== 0 || config.db_mode === DbMode.readOnly) await loader.load(domain);
    if (this.#hasSockets) domain.adoptSockets();
    return this.#add(domain);
  }

  #persistenceFor(name: string, database: Database) {
    if (this.config.db_mode === DbMode.readOnly) return { kind: 'none' } as const;
    const queue = new WriteQueue(database, this.#rows, name, this.host.log);
    this.#queues.set(name, queue);
    const kind = this.config.db_mode === DbMode.writeThrough ? 'through' : 'back';
    return { kind, queue } as const;
  }

  #add(domain: AnyDomain): AnyDomain {
    this.domains.set(domain.name, domain);
    const { statistics } = this.host;
    if (domain instanceof DatabaseDomain) return domain;
    statistics.register('usrloc', `${domain.name}_users`, () => domain.userCount);
    statistics.register('usrloc', `${domain.name}_contacts`, () => domain.contactCount);
    statistics.register(
      'usrloc',
      `${domain.name}_expires`,
      () => domain.expiredCount,
      () => {
        domain.expiredCount = 0;
      },
    );
    return domain;
  }

  #sum(count: (domain: AnyDomain) => number): number {
    let sum = 0;
    for (const domain of this.domains.values()) sum += count(domain);
    return sum;
  }

  #emit(event: LocationEvent, binding: Binding, domain: LocationDomain): void {
    for (const listener of this.#listeners) {
      try {
        const running = listener(event, binding, domain);
        if (running instanceof Promise) running.catch((error: unknown) => this.#blame(event, error));
      } catch (error) {
        this.#blame(event, error);
      }
    }
  }

  #blame(event: LocationEvent, error: unknown): void {
    this.host.log.error(`a listener for ${event} failed: ${errorText(error)}`);
  }

  #loseConnection(id: number): void {
    if (this.config.handle_lost_tcp === 0) return;
    for (const domain of this.domains.values()) if (domain instanceof MemoryDomain) domain.loseConnection(id);
  }

  async #tick(): Promise<void> {
    for (const domain of this.domains.values()) await domain.sweep();
    await this.flush();
    if (this.config.db_timer_clean !== 0) await this.#cleanTables();
    await this.#keepalives?.send();
  }

  /** Deletes expired rows that no binding in memory stands for any more (`db_timer_clean`). */
  async #cleanTables(): Promise<void> {
    const { config, host } = this;
    if (this.#database === undefined || this.#queues.size === 0) return;
    const nowSec = Math.floor(host.clock.wallMs() / 1000);
    const server =
      config.server_id_filter === 0
        ? []
        : [
            {
              column: config.server_id_column,
              op: '=' as const,
              value: Number(host.settings.get('server_id') ?? 0),
            },
          ];
    for (const table of this.#queues.keys()) {
      const where = [
        { column: config.expires_column, op: '>' as const, value: 0 },
        { column: config.expires_column, op: '<' as const, value: nowSec },
        ...server,
      ];
      await this.#database.delete(table, where).catch((error: unknown) => {
        // an outage is told once, by the database
        if (!isOutage(error)) host.log.error(`cannot clean table ${table}: ${errorText(error)}`);
      });
    }
  }
}
