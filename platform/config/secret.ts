import { inspect } from 'node:util';

const shown = '[secret]';

/** A value that appears in no log, JSON or message; `reveal` marks where it is used. */
export interface Secret {
  reveal(): string;
  toString(): string;
  toJSON(): string;
}

export function createSecret(value: string): Secret {
  const secret = {
    reveal: () => value,
    toString: () => shown,
    toJSON: () => shown,
    [inspect.custom]: () => shown,
  };
  return Object.freeze(secret);
}
