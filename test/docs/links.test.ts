import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const skipped = new Set(['node_modules', '.git', 'dist', 'coverage', '.openclaw']);
const pages = globSync('**/*.md', { cwd: root, exclude: (name) => skipped.has(name) });
const textOf = (page: string) => readFileSync(join(root, page), 'utf8');

/** Code blocks and words in code are no links. */
const withoutCode = (text: string) =>
  text.replaceAll(/^```[\s\S]*?^```/gm, '').replaceAll(/`[^`\n]*`/g, 'code');

interface Link {
  page: string;
  to: string;
}

const links: readonly Link[] = pages.flatMap((page) =>
  [...withoutCode(textOf(page)).matchAll(/\]\(([^()\s]+)\)/g)].map((match) => ({ page, to: match[1] ?? '' })),
);

/** Ids of headings, as the usual renderers make them. */
const anchorsOf = (page: string) =>
  [...textOf(page).matchAll(/^#+ (.+)$/gm)].map((match) =>
    (match[1] ?? '')
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, '')
      .trim()
      .replaceAll(/\s/g, '-'),
  );

describe('links in the documents', () => {
  it('are looked for in every page', () => {
    expect(pages).toEqual(
      expect.arrayContaining(['README.md', 'ARCHITECTURE.md', 'docs/operations.md', 'docs/adr/README.md']),
    );
    expect(links.length).toBeGreaterThan(100);
  });

  it('lead to files that exist, inside the repository', () => {
    const broken = links.filter(({ page, to }) => {
      if (/^(https?:|mailto:|#)/.test(to)) return false;
      const target = join(dirname(page), to.replace(/#.*$/, ''));
      return target.startsWith('..') || !existsSync(join(root, target));
    });
    expect(broken).toEqual([]);
  });

  it('lead to headings that exist', () => {
    const broken = links.filter(({ page, to }) => {
      const [file = '', anchor] = to.split('#');
      if (anchor === undefined || /^https?:/.test(to)) return false;
      return !anchorsOf(file === '' ? page : join(dirname(page), file)).includes(anchor);
    });
    expect(broken).toEqual([]);
  });
});

describe('files that the documents name', () => {
  const words = (page: string) => [...textOf(page).matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '');
  const isPath = (word: string) => /^[\w.-]+(\/[\w.-]+)+(\.\w+|\/)$/.test(word);

  it('exist, when they are named in code style', () => {
    const named = pages.flatMap((page) =>
      words(page)
        .filter(isPath)
        .map((path) => ({ page, path })),
    );
    expect(named.length).toBeGreaterThan(15);
    // Secrets and the built page are made, not kept.
    const made = (path: string) => /^deploy\/compose\/secrets\/|(^|\/)dist\//.test(path);
    const missing = named.filter(
      ({ page, path }) =>
        !made(path) && !existsSync(join(root, path)) && !existsSync(join(root, dirname(page), path)),
    );
    expect(missing).toEqual([]);
  });

  it('exist in ARCHITECTURE.md, with every folder that code is in', () => {
    const told = words('ARCHITECTURE.md').filter((word) => /^[a-z]+\/(<name>\/)?$/.test(word));
    const folders = told.map((word) => word.split('/')[0] ?? '');
    const source = globSync('*/', { cwd: root }).filter(
      (name) =>
        !skipped.has(name) &&
        !name.startsWith('.') &&
        globSync(`${name}/**/*.{ts,tsx,rego}`, { cwd: root }).length > 0,
    );
    expect(source.length).toBeGreaterThan(12);
    expect([...new Set(folders)].toSorted()).toEqual(
      source.map((name) => name.replace(/\/$/, '')).toSorted(),
    );
  });
});

describe('decisions in docs/adr', () => {
  const decisions = globSync('*.md', { cwd: join(root, 'docs/adr') })
    .filter((name) => name !== 'README.md')
    .toSorted();

  it('are numbered without gaps, and listed', () => {
    expect(decisions.map((name) => Number(name.slice(0, 4)))).toEqual(decisions.map((_, index) => index + 1));
    const listed = [...textOf('docs/adr/README.md').matchAll(/\((\d{4}-[\w-]+\.md)\)/g)].map(
      (match) => match[1],
    );
    expect(listed).toEqual(decisions);
  });

  it('each say context, decision and consequences', () => {
    const lacking = decisions.filter((name) => {
      const parts = [...textOf(`docs/adr/${name}`).matchAll(/^\*\*(\w+)\.\*\*/gm)].map((match) => match[1]);
      return parts.join(' ') !== 'Context Decision Consequences';
    });
    expect(decisions.length).toBeGreaterThan(7);
    expect(lacking).toEqual([]);
  });
});
