/** What somebody typed and has not sent, and what this tab was told of them; kept through a sign-in round trip. */
export interface Drafts {
  read(field: string): string;
  /** An empty text forgets the field. */
  write(field: string, text: string): void;
}

type Storage = Pick<globalThis.Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

const prefix = 'openclaw-draft:';

/** Drafts of one person: the next one to sign in in the same tab does not see them. */
export function createDrafts(options: { storage: Storage; tenantId: string; userId: string }): Drafts {
  const keyOf = (field: string) => `${prefix}${JSON.stringify([options.tenantId, options.userId, field])}`;
  return {
    read: (field) => options.storage.getItem(keyOf(field)) ?? '',
    write: (field, text) => {
      if (text === '') return options.storage.removeItem(keyOf(field));
      try {
        options.storage.setItem(keyOf(field), text);
      } catch {
        // The browser's quota is full: the text is still in its field, it just would not survive a reload.
      }
    },
  };
}

/** At sign-out nothing of anybody stays behind. */
export function forgetDrafts(storage: Storage): void {
  const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index));
  for (const key of keys) if (key?.startsWith(prefix)) storage.removeItem(key);
}
