/** What a person typed and has not sent, and what this tab was told; kept while they sign in again. */
export interface Drafts {
  read(field: string): string;
  /** An empty text removes the field. */
  write(field: string, text: string): void;
}

type Storage = Pick<globalThis.Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

const prefix = 'openclaw-draft:';

/** The drafts of one person: the next one to sign in in this tab does not see them. */
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

/** On sign-out, nothing of anybody is left behind. */
export function forgetDrafts(storage: Storage): void {
  const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index));
  for (const key of keys) if (key?.startsWith(prefix)) storage.removeItem(key);
}
