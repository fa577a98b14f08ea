/** One text being sent, with the key that makes a repetition the same request. */
export interface Submission {
  text: string;
  idempotencyKey: string;
}

/** The same text keeps its key until an answer has come; another text is another request. */
export function submissionFor(last: Submission | undefined, text: string, newKey: () => string): Submission {
  return last?.text === text ? last : { text, idempotencyKey: newKey() };
}

/** A key of 128 random bits, hex. Not `randomUUID`, which browsers don't offer on plain http. */
export function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}

/** Reads what `JSON.stringify` wrote; anything else is no submission. */
export function submissionFrom(stored: string): Submission | undefined {
  try {
    const { text, idempotencyKey } = JSON.parse(stored);
    return typeof text === 'string' && typeof idempotencyKey === 'string'
      ? { text, idempotencyKey }
      : undefined;
  } catch {
    return undefined;
  }
}
