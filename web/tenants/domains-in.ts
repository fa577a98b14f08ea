import { wordsIn } from '../design/words-in.ts';

/** `acme.test, WWW.acme.test` as a list: split at commas or spaces, in lower case, each once. */
export function domainsIn(text: string): string[] {
  return wordsIn(text.toLowerCase());
}
