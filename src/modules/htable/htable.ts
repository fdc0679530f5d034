import { errorText, ServerError } from '../../base/errors.ts';
import { Locks } from '../../base/locks.ts';
import type { Database } from '../../base/ports.ts';
import type { Timer } from '../../base/timerQueue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { Host } from '../../module/host.ts';
import { parseDefinition } from './definition.ts';
import type { HtableConfig } from './params.ts';
import { Rows } from './rows.ts';
import { HashTable, type Item } from './table.ts';

/** Items that one step of a sweep looks at before others get their turn. */
const itemsPerStep = 5000;

const recordKey = Symbol('htable record');

/** The item of an event_route[htable:expired:...]. */
export function recordOf(context: ScriptContext): Item | undefined {
  return context.scratch.get(recordKey) as Item | undefined;
}

/** All tables of a server. */
export class Htable {
  readonly host: Host;
  readonly config: HtableConfig;
  readonly locks: Locks;
  readonly #tables = new Map<string, HashTable>();
  readonly #rows: Rows;
  #sweeper: Timer | undefined;

  constructor(host: Host, config: HtableConfig) {
    this.host = host;
    this.config = config;
    this.locks = new Locks(host.timers);
    this.#rows = new Rows(host, config);
    // a lock ends with the run that took it: a script that forgets to unlock must not hold up all others
    host.hooks.afterRequest((context) => this.locks.releaseAll(context));
    for (const text of config.htable) this.#define(text);
  }

  #define(text: string): void {
    const definition = parseDefinition(text);
    if (typeof definition === 'string') throw new ServerError('HTABLE_DEFINITION', `htable: ${definition}`);
    if (this.#tables.has(definition.name))
      throw new ServerError('HTABLE_DEFINITION', `htable: table ${definition.name} is defined twice`);
    if (definition.replicates)
      this.host.log.notice(`table ${definition.name}: dmqreplicate has no effect without a module dmq`);
    this.#tables.set(definition.name, new HashTable(definition, () => this.host.timers.nowMs));
  }

  get tables(): Iterable<HashTable> {
    return this.#tables.values();
  }

  find(name: string): HashTable | undefined {
    return this.#tables.get(name);
  }

  /** As `find`, and says so in the log when there is none. */
  need(name: string): HashTable | undefined {
    const table = this.#tables.get(name);
    if (table === undefined) this.host.log.error(`there is no table ${name}`);
    return table;
  }

  /** Sets a value, telling when the table is full. */
  set(table: HashTable, key: string, value: string | number): boolean {
    const done = table.set(key, value);
    if (!done) this.host.log.error(`table ${table.name} is full`);
    return done;
  }

  async start(): Promise<void> {
    const { db_url, event_callback, event_callback_mode, timer_interval } = this.config;
    if (event_callback !== '')
      this.host.log.warn(
        `event callback (${event_callback}) needs a scripting engine, which Olelo does not have yet`,
      );
    for (const { name, definition } of [...this.#tables.values()])
      if (db_url !== '' && definition.dbTable !== '') await this.reload(name);
    if (event_callback_mode === 0) await this.#runInit();
    this.#sweeper = this.host.timers.every(timer_interval * 1000, () => this.sweep());
  }

  async ready(): Promise<void> {
    if (this.config.event_callback_mode === 1) await this.#runInit();
  }

  async stop(): Promise<void> {
    if (this.#sweeper !== undefined) this.host.timers.cancel(this.#sweeper);
    if (this.config.db_url === '') return;
    for (const table of this.#tables.values()) {
      const { writesBack, dbTable, columns } = table.definition;
      if (!writesBack || dbTable === '' || columns.length > 0) continue;
      await this.store(table).catch((error) =>
        this.host.log.error(`table ${table.name} could not be stored: ${errorText(error)}`),
      );
    }
  }

  async #runInit(): Promise<void> {
    const { routes } = this.host;
    if (routes.has('event', 'htable:mod-init'))
      await routes.run('event', 'htable:mod-init', routes.fakeContext());
  }

  #database(): Promise<Database> {
    return this.host.database(this.config.db_url);
  }

  /** Takes the content of the database; when that fails, everything stays as it is. */
  async reload(name: string): Promise<void> {
    const old = this.#tables.get(name);
    if (old === undefined) return;
    this.#tables.set(name, await this.#rows.load(await this.#database(), old));
    old.clear();
  }

  async store(table: HashTable): Promise<void> {
    if (table.definition.columns.length > 0) {
      this.host.log.warn(`table ${table.name} has columns of its own and cannot be stored`);
      return;
    }
    await this.#rows.store(await this.#database(), table);
  }

  /** Removes what has expired, in steps, and tells the event routes. */
  async sweep(): Promise<void> {
    let seen = 0;
    for (const table of this.#tables.values()) {
      if (table.definition.autoExpireSec === 0) continue;
      const event = `htable:expired:${table.name}`;
      const isHeard = this.host.routes.has('event', event);
      for (let slot = 0; slot < table.slots.length; slot++) {
        seen += 1 + (table.slots[slot]?.length ?? 0);
        const over = table.sweepSlot(slot);
        if (isHeard) for (const item of over) this.#tellExpired(event, item);
        if (seen < itemsPerStep) continue;
        seen = 0;
        await new Promise((resume) => this.host.timers.schedule(0, resume, undefined));
      }
    }
  }

  #tellExpired(event: string, item: Item): void {
    const context = this.host.routes.fakeContext();
    context.scratch.set(recordKey, item);
    const result = this.host.routes.run('event', event, context);
    if (typeof result !== 'number')
      result.catch((error) => this.host.log.error(`${event}: ${errorText(error)}`));
  }
}
