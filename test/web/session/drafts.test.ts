import { describe, expect, it } from 'vitest';
import { createDrafts, forgetDrafts } from '#web/session/drafts.ts';

/** The part of the browser's storage that drafts use, in a map. */
function storageInMemory(limit = Number.POSITIVE_INFINITY) {
  const rows = new Map<string, string>();
  return {
    getItem: (key: string) => rows.get(key) ?? null,
    setItem: (key: string, text: string) => {
      if (text.length > limit) throw new DOMException('full', 'QuotaExceededError');
      rows.set(key, text);
    },
    removeItem: (key: string) => void rows.delete(key),
    key: (index: number) => [...rows.keys()][index] ?? null,
    get length() {
      return rows.size;
    },
  };
}

describe('drafts', () => {
  it('are there again after a reload', () => {
    const storage = storageInMemory();
    createDrafts({ storage, tenantId: 'acme', userId: 'u' }).write('ask', 'half a sentence');
    expect(createDrafts({ storage, tenantId: 'acme', userId: 'u' }).read('ask')).toBe('half a sentence');
  });

  it('are never shown to another person or another tenant', () => {
    const storage = storageInMemory();
    createDrafts({ storage, tenantId: 'acme', userId: 'u' }).write('ask', 'secret');
    expect(createDrafts({ storage, tenantId: 'acme', userId: 'v' }).read('ask')).toBe('');
    expect(createDrafts({ storage, tenantId: 'globex', userId: 'u' }).read('ask')).toBe('');
  });

  it('leave nothing behind when emptied or at sign-out, and touch nothing else', () => {
    const storage = storageInMemory();
    storage.setItem('other', 'stays');
    const drafts = createDrafts({ storage, tenantId: 'acme', userId: 'u' });
    drafts.write('ask', 'x');
    drafts.write('ask', '');
    expect(storage.length).toBe(1);
    drafts.write('ask', 'x');
    drafts.write('reason', 'y');
    forgetDrafts(storage);
    expect(storage.length).toBe(1);
    expect(storage.getItem('other')).toBe('stays');
  });

  it('do not break the page when the browser keeps no more', () => {
    const drafts = createDrafts({ storage: storageInMemory(3), tenantId: 'acme', userId: 'u' });
    expect(() => drafts.write('ask', 'far too long')).not.toThrow();
    expect(drafts.read('ask')).toBe('');
  });
});
