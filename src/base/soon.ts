/** A value now, or later. */
export type Soon<T> = T | Promise<T>;

/** Continues with a value as soon as it is there: at once when it is there already. */
export function soon<T, U>(value: Soon<T>, next: (value: T) => Soon<U>): Soon<U> {
  return value instanceof Promise ? value.then(next) : next(value);
}
