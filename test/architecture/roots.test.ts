import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

// A noun has a folder of its own inside its layer; at the layer's root stays what is of no single noun.
describe("a layer's root", () => {
  it.each([
    ['domain', 14],
    ['governance', 18],
    ['stores', 10],
    ['activities', 6],
    ['gateway', 6],
  ])('%s/ holds at most %i files', (layer, most) => {
    const entries = readdirSync(join(root, layer), { withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
    expect(files).not.toEqual([]);
    expect(files.length > most ? files : []).toEqual([]);
    expect(entries.some((entry) => entry.isDirectory())).toBe(true);
  });
});
