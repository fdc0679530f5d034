import { soon } from '../../base/soon.ts';
import type { Value } from '../../lang/catalogue.ts';
import { arg, type FunctionDeclaration, type SignatureMaker } from '../../module/define.ts';
import type { Cfgutils } from './cfgutils.ts';

export type Functions = Readonly<Record<string, FunctionDeclaration<Cfgutils>>>;
type Maker = SignatureMaker<Cfgutils>;

const yesNo = (yes: boolean): number => (yes ? 1 : -1);

function checkPercent(value: Value): string | undefined {
  const number = Number(value);
  return number >= 0 && number <= 100 ? undefined : `a probability is 0 to 100 percent, not "${value ?? ''}"`;
}

export function randomFunctions(signature: Maker): Functions {
  return {
    rand_event: {
      doc: 'True with the probability in force.',
      returns: { 1: 'chosen', [-1]: 'not chosen' },
      signatures: [signature({ kemi: 'rand_event', run: (self) => yesNo(self.isChosen()) })],
    },
    rand_set_prob: {
      doc: 'Sets the probability of rand_event.',
      returns: { 1: 'done', [-1]: 'not 0 to 100' },
      signatures: [
        signature({
          kemi: 'rand_set_prob',
          args: [arg.int('probability', 'percent, 0 to 100', { check: checkPercent })],
          run: (self, _context, percent) => yesNo(self.setProbability(percent)),
        }),
      ],
    },
    rand_reset_prob: {
      doc: 'Sets the probability back to initial_probability.',
      returns: { 1: 'done' },
      signatures: [
        signature({
          kemi: 'rand_reset_prob',
          run: (self) => yesNo(self.setProbability(self.config.initial_probability)),
        }),
      ],
    },
    rand_get_prob: {
      doc: 'Gives the probability as return code (0 ends the script).',
      signatures: [signature({ kemi: 'rand_get_prob', run: (self) => self.probability })],
    },
  };
}

export function waitFunctions(signature: Maker): Functions {
  return {
    sleep: {
      doc: 'Lets this message wait; all others go on.',
      returns: { 1: 'done', [-1]: 'a negative time' },
      signatures: [
        signature({
          kemi: 'sleep',
          waits: true,
          args: [arg.int('time', 'seconds')],
          run: (self, _context, seconds) => self.sleep(seconds * 1000),
        }),
      ],
    },
    usleep: {
      doc: 'Lets this message wait; all others go on.',
      returns: { 1: 'done', [-1]: 'a negative time' },
      signatures: [
        signature({
          kemi: 'usleep',
          waits: true,
          args: [arg.int('time', 'microseconds, rounded up to the next timer tick')],
          run: (self, _context, micros) => self.sleep(micros / 1000),
        }),
      ],
    },
    lock: {
      doc: 'Takes the lock of a key, waiting for it. What a message holds is given back when its route has ended.',
      returns: { 1: 'taken', [-1]: 'no lock set, or waited too long' },
      signatures: [
        signature({
          kemi: 'lock',
          waits: true,
          args: [arg.string('key', 'any text')],
          run: (self, context, key) =>
            self.config.lock_set_size === 0 ? noLockSet(self) : soon(self.locks.take(key, context), yesNo),
        }),
      ],
    },
    trylock: {
      doc: 'Takes the lock of a key if it is free.',
      returns: { 1: 'taken', [-1]: 'no lock set, or held by another message' },
      signatures: [
        signature({
          kemi: 'trylock',
          args: [arg.string('key', 'any text')],
          run: (self, context, key) =>
            self.config.lock_set_size === 0 ? noLockSet(self) : yesNo(self.locks.tryTake(key, context)),
        }),
      ],
    },
    unlock: {
      doc: 'Gives the lock of a key back.',
      returns: { 1: 'given back, or it was not held', [-1]: 'no lock set' },
      signatures: [
        signature({
          kemi: 'unlock',
          args: [arg.string('key', 'any text')],
          run: (self, context, key) => {
            if (self.config.lock_set_size === 0) return noLockSet(self);
            if (!self.locks.release(key, context))
              self.host.log.debug(`unlock of "${key}", which is not held`);
            return 1;
          },
        }),
      ],
    },
  };
}

function noLockSet(self: Cfgutils): number {
  self.host.log.error('lock set not initialized (attempt to do use lock without setting lock_set_size)');
  return -1;
}

const flag = arg.int('flag', '0 to 31', {
  check: (value) => (bit(Number(value)) === 0 ? `a flag is 0 to 31, not "${value ?? ''}"` : undefined),
});

function bit(number: number): number {
  return Number.isInteger(number) && number >= 0 && number <= 31 ? 1 << number : 0;
}

export function flagFunctions(signature: Maker): Functions {
  const flagFunction = (
    kemi: string,
    doc: string,
    run: (self: Cfgutils, mask: number) => number,
  ): Functions[string] => ({
    doc,
    returns: { 1: 'done, or set', [-1]: 'not set, or no such flag' },
    signatures: [
      signature({
        kemi,
        args: [flag],
        run: (self, _context, number) => {
          const mask = bit(number);
          return mask === 0 ? -1 : run(self, mask);
        },
      }),
    ],
  });
  return {
    set_gflag: flagFunction('set_gflag', 'Sets a global flag.', (self, mask) => {
      self.flags |= mask;
      return 1;
    }),
    reset_gflag: flagFunction('reset_gflag', 'Clears a global flag.', (self, mask) => {
      self.flags &= ~mask;
      return 1;
    }),
    is_gflag: flagFunction('is_gflag', 'Is a global flag set?', (self, mask) =>
      yesNo((self.flags & mask) !== 0),
    ),
  };
}

export function routeFunctions(signature: Maker): Functions {
  const name = arg.string('route', 'name of a route block');
  return {
    check_route_exists: {
      doc: 'Is there a block route[name]?',
      returns: { 1: 'yes', [-1]: 'no' },
      signatures: [
        signature({
          args: [name],
          run: (self, _context, route) => yesNo(self.host.routes.has('route', route)),
        }),
      ],
    },
    route_if_exists: {
      doc: 'Calls route[name] when there is one, and gives its return code.',
      returns: { [-1]: 'there is none' },
      signatures: [
        signature({
          waits: true,
          args: [name],
          run: (self, context, route) => self.host.routes.call(route, context) ?? -1,
        }),
      ],
    },
    core_hash: {
      doc: 'Gives a hash of two texts as return code, from 1 to the size of the hash space.',
      signatures: [
        signature({
          kemi: 'core_hash',
          args: [
            arg.string('string1', 'a text'),
            arg.string('string2', 'another text, or empty'),
            arg.int('size', 'size of the hash space as a power of 2'),
          ],
          run: (self, _context, first, second, bits) => self.hash(first, second, bits),
        }),
      ],
    },
  };
}

export function debugFunctions(signature: Maker): Functions {
  const memory = (name: string, doc: string): Functions => ({
    [name]: {
      doc,
      returns: { 1: 'always' },
      signatures: [signature({ kemi: name, run: (self) => self.logMemory(name) })],
    },
  });
  return {
    abort: {
      doc: 'Stops the server with a failure.',
      signatures: [
        signature({
          kemi: 'abort',
          run: (self) => {
            self.host.fail('abort() called by the script');
            return 0;
          },
        }),
      ],
    },
    ...memory('pkg_status', 'Logs the use of memory.'),
    ...memory('pkg_summary', 'Logs the use of memory.'),
    ...memory('shm_status', 'Logs the use of memory.'),
    ...memory('shm_summary', 'Logs the use of memory.'),
  };
}
