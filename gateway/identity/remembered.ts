import { LRUCache } from 'lru-cache';

/** Answers about people, cached for a while, and forgotten at once when something about the person changes. */
export interface Remembered<Answer> {
  /** `key` distinguishes several answers about one person. Failures are not cached. */
  get(person: string, key: string, work: () => Promise<Answer>): Promise<Answer>;
  forget(person: string): void;
  forgetAll(): void;
}

export function createRemembered<Answer extends object>(options: {
  ms: number;
  most?: number;
}): Remembered<Answer> {
  const { ms, most = 10_000 } = options;
  const people = new LRUCache<string, Map<string, Kept<Answer>>>({ max: most });
  return {
    async get(person, key, work) {
      const answers = people.get(person) ?? new Map<string, Kept<Answer>>();
      people.set(person, answers);
      const atMs = performance.now();
      for (const [other, { until }] of answers) if (until <= atMs) answers.delete(other);
      const kept = answers.get(key);
      if (kept !== undefined) return kept.answer;
      const answer = work();
      const made = { answer, until: atMs + ms };
      answers.set(key, made);
      try {
        return await answer;
      } catch (error) {
        if (answers.get(key) === made) answers.delete(key);
        throw error;
      }
    },
    forget: (person) => {
      people.delete(person);
    },
    forgetAll: () => people.clear(),
  };
}

interface Kept<Answer> {
  answer: Promise<Answer>;
  /** On a clock that never goes back. */
  until: number;
}

export function personKey({ tenantId, userId }: { tenantId: string; userId: string }): string {
  return `${tenantId}|${userId}`;
}
