/** A token that is about to expire is no use for asking later. */
const tooShortMs = 30_000;

/** Until when the provider can be asked with a token; in milliseconds since the epoch, `expiresAt` in seconds. */
export function askUntil(expiresAt: number): number {
  return expiresAt * 1_000 - tooShortMs;
}
