import { errorText } from '../../base/errors.ts';
import type { Host } from '../../module/host.ts';
import type { PermissionsConfig } from './params.ts';
import { parseRules, RuleFile } from './ruleFile.ts';

/** Bits of load_backends. */
const Load = { allow: 4, deny: 8 } as const;

/** Allow and deny files that the config names: read once, at the start. */
export class RuleFiles {
  readonly #host: Host;
  readonly #config: PermissionsConfig;
  readonly #noRules = new RuleFile([]);
  /** By path; without rules until read. */
  readonly #files = new Map<string, RuleFile>();

  constructor(host: Host, config: PermissionsConfig) {
    this.#host = host;
    this.#config = config;
  }

  /** A name without folder is beside the config. */
  pathOf(name: string): string {
    if (name.startsWith('/')) return name;
    const config = this.#host.configFile ?? '';
    return config.slice(0, config.lastIndexOf('/') + 1) + name;
  }

  allowName(base: string): string {
    return base + this.#config.allow_suffix;
  }

  denyName(base: string): string {
    return base + this.#config.deny_suffix;
  }

  /** Notes a file that will be needed. */
  want(name: string, kind: 'allow' | 'deny'): void {
    const path = this.pathOf(name);
    if ((this.#config.load_backends & Load[kind]) !== 0 && !this.#files.has(path))
      this.#files.set(path, this.#noRules);
  }

  wantPair(base: string): void {
    this.want(this.allowName(base), 'allow');
    this.want(this.denyName(base), 'deny');
  }

  async start(): Promise<void> {
    for (const path of this.#files.keys()) this.#files.set(path, await this.#read(path));
  }

  /** A file that is not there has no rules. */
  async #read(path: string): Promise<RuleFile> {
    const { files, log } = this.#host;
    if (!(await files.exists(path))) {
      log.info(`${path} is not there: no rules`);
      return this.#noRules;
    }
    try {
      const { rules, bad } = parseRules((await files.read(path)).toString('latin1'));
      for (const { line, reason } of bad) log.error(`${path}:${line}: ${reason}; the line is left out`);
      return rules;
    } catch (error) {
      log.error(`${path} cannot be read: ${errorText(error)}`);
      return this.#noRules;
    }
  }

  isKnown(name: string): boolean {
    return this.#files.has(this.pathOf(name));
  }

  #rules(name: string): RuleFile {
    return this.#files.get(this.pathOf(name)) ?? this.#noRules;
  }

  /** Allowed when an allow rule matches every pair; else when no deny rule matches one. */
  allows(allowName: string, denyName: string, left: string, right: readonly string[]): boolean {
    const allow = this.#rules(allowName);
    if (right.every((each) => allow.matches(left, each))) return true;
    const deny = this.#rules(denyName);
    return !right.some((each) => deny.matches(left, each));
  }
}
