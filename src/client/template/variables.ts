import type { Clock, Entropy } from '../../base/ports.ts';
import { randomUuid, randomUuidBytes } from '../../base/uuid.ts';
import { TemplateError } from './syntax.ts';

export interface VariableSources {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly pid: number;
  environment(name: string): string | undefined;
}

const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const letters = upper + upper.toLowerCase();
const digits = '0123456789';
const hexDigits = `${digits}abcdef`;

/** Lengths of random strings at most. */
const maxLength = 1_000_000;

/** What `$name` and `$name(...)` in field values stand for. Counters live as long as this object. */
export class Variables {
  readonly #sources: VariableSources;
  readonly #numbers: Map<string, number>;

  constructor(sources: VariableSources, numbers: Readonly<Record<string, number>> = {}) {
    this.#sources = sources;
    this.#numbers = new Map(Object.entries(numbers));
  }

  /** The value of a field: that of the variable when the whole text is one, else the text itself. */
  evaluate(text: string): string {
    if (!text.startsWith('$')) return text;
    const match = /^\$(\w+)(?:\(([^()]*)\))?$/s.exec(text);
    const [, name = '', argument] = match ?? [];
    if (match === null) return text;
    return argument === undefined ? (this.#plain(name) ?? text) : (this.#called(name, argument) ?? text);
  }

  #plain(name: string): string | undefined {
    const { clock, pid } = this.#sources;
    switch (name) {
      case 'cr':
        return '\r';
      case 'lf':
        return '\n';
      case 'pid':
        return String(pid);
      case 'randseq':
        return String(this.#random(1, 1_000_000));
      case 'timestamp':
        return String(Math.floor(clock.wallMs() / 1000));
      case 'timems':
        return String(Math.floor(clock.wallMs()));
      case 'uuid':
        return randomUuid(this.#sources.entropy);
      case 'uuidb64u':
        return randomUuidBytes(this.#sources.entropy).toString('base64url');
      case 'uuidb64r':
        return randomUuidBytes(this.#sources.entropy)
          .toString('base64url')
          .replace(/[9_-]/g, (char) => (char === '9' ? '99' : char === '-' ? '90' : '91'));
      case 'viabranchid':
        return `z9hG4bKSG.${randomUuid(this.#sources.entropy)}`;
      default:
        return dateText(name, clock.wallMs());
    }
  }

  #called(name: string, argument: string): string | undefined {
    switch (name) {
      case 'env':
        return this.#sources.environment(argument.trim()) ?? '';
      case 'rand': {
        const [first, second] = this.#integers(name, argument);
        return String(second === undefined ? this.#random(0, first) : this.#random(first, second));
      }
      case 'randstr':
        return this.#randomText(letters, name, argument);
      case 'randan':
        return this.#randomText(letters + digits, name, argument);
      case 'randnum':
        return this.#randomText(digits, name, argument);
      case 'randhex':
        return this.#randomText(hexDigits, name, argument);
      default:
        return this.#counted(name, argument);
    }
  }

  /** Named numbers: `inc` and `dec` change them, the others calculate with what they are. */
  #counted(name: string, argument: string): string | undefined {
    const [counter = '', by] = argument.split(',').map((part) => part.trim());
    const value = by === undefined ? undefined : this.#integer(name, by);
    const known = this.#numbers.get(counter);
    switch (name) {
      case 'inc':
        return this.#change(counter, (known ?? value ?? 0) + 1);
      case 'dec':
        return this.#change(counter, (known ?? value ?? 1_000_000) - 1);
      case 'add':
        return String((known ?? 0) + (value ?? 1));
      case 'sub':
        return String((known ?? 0) - (value ?? 1));
      case 'mul':
        return String((known ?? 1) * (value ?? 1));
      case 'div':
        if (value === 0) throw new TemplateError(`$div(${argument}): division by zero`);
        return String(Math.trunc((known ?? 1) / (value ?? 1)));
      default:
        return undefined;
    }
  }

  #change(counter: string, value: number): string {
    this.#numbers.set(counter, value);
    return String(value);
  }

  #randomText(alphabet: string, name: string, argument: string): string {
    const [least, most] = this.#integers(name, argument);
    const length = most === undefined ? least : this.#random(least, most);
    if (length < 0 || length > maxLength)
      throw new TemplateError(`$${name}(${argument}): lengths go from 0 to ${maxLength}`);
    let text = '';
    for (let i = 0; i < length; i++) text += alphabet[this.#sources.entropy.uint32() % alphabet.length];
    return text;
  }

  /** From `least` to `most`, both included. */
  #random(least: number, most: number): number {
    if (most < least) throw new TemplateError(`a random number from ${least} to ${most} is none`);
    const unit = this.#sources.entropy.uint32() / 2 ** 32;
    return least + Math.floor(unit * (most - least + 1));
  }

  #integers(name: string, argument: string): readonly [number, number | undefined] {
    const [first = '', second] = argument.split(',');
    return [this.#integer(name, first), second === undefined ? undefined : this.#integer(name, second)];
  }

  #integer(name: string, text: string): number {
    if (!/^\s*-?\d{1,15}\s*$/.test(text)) throw new TemplateError(`$${name}(...): "${text}" is no number`);
    return Number(text);
  }
}

/** Dates in UTC; a Date header must be. undefined when it is no date's name. */
function dateText(name: string, wallMs: number): string | undefined {
  const date = new Date(wallMs);
  // Sat, 21 Nov 2026 00:12:34 GMT
  const text = date.toUTCString();
  const [weekday, day, month, year, time] = [0, 5, 8, 12, 17].map((at, i) =>
    text.slice(at, [3, 7, 11, 16, 25][i]),
  );
  const dayWithSpace = String(Number(day)).padStart(2);
  switch (name) {
    case 'daterfc1123':
      return text;
    case 'dateansic':
      return `${weekday} ${month} ${dayWithSpace} ${time} ${year}`;
    case 'dateunix':
      return `${weekday} ${month} ${dayWithSpace} ${time} UTC ${year}`;
    case 'datefull':
      return `${date.toISOString().replace('T', ' ').replace('Z', '')} +0000 UTC`;
    default:
      return undefined;
  }
}
