import { InvalidArgumentError } from 'commander';

/** Parses the value of an option as a whole number, 0 or more. */
export function countOption(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a whole number.');
}
