import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildWebIfStale } from '#web/build.ts';
import { pageSources, stampFile } from '#web/source-digest.ts';

const web = path.resolve(import.meta.dirname, '../../web');
let dist = '';
let assets: { name: string; content: Buffer }[] = [];

beforeAll(async () => {
  dist = await mkdtemp(path.join(tmpdir(), 'page-'));
  await buildWebIfStale(dist);
  const folder = path.join(dist, 'assets');
  const names = await readdir(folder);
  assets = await Promise.all(
    names.map(async (name) => ({ name, content: await readFile(path.join(folder, name)) })),
  );
});

afterAll(() => rm(dist, { recursive: true, force: true }));

describe('the built page', () => {
  it('is small', () => {
    expect(assets.length).toBeGreaterThan(0);
    const packed = assets.reduce((bytes, { content }) => bytes + gzipSync(content).length, 0);
    expect(packed).toBeLessThan(40_000);
  });

  it('has hashed files and nothing inline or from elsewhere', async () => {
    const html = await readFile(path.join(dist, 'index.html'), 'utf8');
    const addresses = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address);
    expect(addresses).toHaveLength(3);
    for (const address of addresses) expect(address).toMatch(/^\/assets\/\w+-[\w-]{8,}\.(js|css|svg)$/);
    expect(html).not.toMatch(/<style|style="|<script(?![^>]*\bsrc=)/);
  });

  it('holds no schema library and nothing that a strict policy forbids', () => {
    const scripts = assets.filter(({ name }) => name.endsWith('.js'));
    expect(scripts.length).toBeGreaterThan(0);
    for (const { content } of scripts) {
      expect(content.toString()).not.toMatch(/ZodError|invalid_union|new Function|\beval\(/);
    }
  });

  it('names no file of the machine that built it', () => {
    const here = path.resolve(import.meta.dirname, '../..');
    for (const { content } of assets) expect(content.includes(here)).toBe(false);
  });

  it('counts every rule of the domain that it uses among its sources', () => {
    const sources = pageSources();
    const scripts = sources.filter((file) => /\.tsx?$/.test(file));
    const used = scripts.flatMap((file) => {
      const text = readFileSync(path.join(web, file), 'utf8');
      return [...text.matchAll(/^import \{[^}]*\} from '#(domain\/[^']+)';/gm)].map(
        ([, rule]) => `../${rule}`,
      );
    });
    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((rule) => !sources.includes(rule))).toEqual([]);
  });

  it('is built again only when its sources are others, and leaves the environment alone', async () => {
    const before = process.env['NODE_ENV'];
    expect(await buildWebIfStale(dist)).toBe(false);
    await writeFile(path.join(dist, stampFile), 'of other sources');
    expect(await buildWebIfStale(dist)).toBe(true);
    expect(await buildWebIfStale(dist)).toBe(false);
    expect(process.env['NODE_ENV']).toBe(before);
  });
});
