import type { Profile, ProfileOptions, Role } from './profile.ts';

/** A profile ready for use. */
export interface ReadyProfile<T> {
  readonly profile: Profile;
  readonly ready: T;
}

/** Finds the profile of a connection: by id, by address and port, by server name. */
export class ProfileTable<T> {
  readonly all: readonly ReadyProfile<T>[];

  constructor(all: readonly ReadyProfile<T>[]) {
    this.all = all;
  }

  default(role: Role): T | undefined {
    return this.all.find(({ profile }) => profile.role === role && profile.place === 'default')?.ready;
  }

  /** By `server_id` (clients). */
  byId(role: Role, id: string): T | undefined {
    return this.all.find(({ profile }) => profile.role === role && profile.options.server_id === id)?.ready;
  }

  /**
   * With a name: a profile of that name for the place, then for any place; then one for the place without a
   * name. Without: one for the place. Else the default.
   */
  find(role: Role, address: string, port: number, serverName: string): T | undefined {
    const here = this.all.filter(({ profile }) => profile.role === role && isAt(profile, address, port));
    const any = this.all.filter(({ profile }) => profile.role === role && profile.place === 'any');
    const named =
      serverName === ''
        ? undefined
        : [...here, ...any].find(({ profile }) => isNamed(profile.options, serverName));
    const nameless = here.find(({ profile }) => profile.options.server_name === undefined);
    const first = serverName === '' ? here[0] : undefined;
    return (named ?? nameless ?? first)?.ready ?? this.default(role);
  }
}

function isAt({ place }: Profile, address: string, port: number): boolean {
  if (typeof place === 'string') return false;
  return place.address === address && (place.port === 0 || place.port === port);
}

/** `server_name_mode`: 0 the name itself, 1 its subdomains too, 2 only its subdomains. */
function isNamed({ server_name, server_name_mode = 0 }: ProfileOptions, asked: string): boolean {
  if (server_name === undefined) return false;
  const own = server_name.toLowerCase();
  const name = asked.toLowerCase();
  if (name === own) return server_name_mode !== 2;
  return (server_name_mode === 1 || server_name_mode === 2) && name.endsWith(`.${own}`);
}
