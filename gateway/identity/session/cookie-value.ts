import { randomBytes } from 'node:crypto';

/** 256 random bits, as `session=<64 hex>` (spec/enterprise.md §1.2). */
export function newCookieValue(): string {
  return randomBytes(32).toString('hex');
}

export function isCookieValue(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}
