import { globSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Call } from '#domain/call.ts';
import { textsIn } from './texts-in.ts';

/** Who calls the API, and so names its calls and never their paths. */
const clients = ['cli', 'web'];

/** Texts that look like a path of the API and are none of a call. */
const allowed = [
  // Calls of the API begin so; the page puts its tenant's path before it.
  { file: 'web/api/base.ts', text: '/api/' },
  // A page, where a browser goes by itself.
  { file: 'web/session/sign-in.tsx', text: '/auth/login?return_to=' },
];

let paths: string[];
let isPath: (text: string) => boolean;
let said: { file: string; text: string }[];

beforeAll(async () => {
  const modules = await Promise.all(
    globSync('domain/*/calls.ts').map(
      (file): Promise<Record<string, Call>> => import(`../../domain/${basename(dirname(file))}/calls.ts`),
    ),
  );
  paths = modules.flatMap((module) => Object.values(module)).map(({ path }) => path);
  isPath = pathsLike(paths);
  said = globSync(`{${clients.join()}}/**/*.{ts,tsx,js}`)
    .filter((file) => !file.startsWith('web/dist/'))
    .sort()
    .flatMap((file) => textsIn(file, readFileSync(file, 'utf8')).map((text) => ({ file, text })));
});

/** Does a text hold the beginning of such a path, or begin with what comes after `/api/v1`? */
function pathsLike(paths: readonly string[]): (text: string) => boolean {
  const nouns = new Set(paths.map((path) => path.replace('/api/v1', '').split('/')[1]));
  const below = new RegExp(`^/(?:${[...nouns].join('|')})(?=[/?]|$)`);
  return (text) => /\/(?:api|auth)\//.test(text) || below.test(text);
}

describe('a path of the API', () => {
  it('is written in no client: whoever calls it names the call', () => {
    expect(paths.length).toBeGreaterThan(50);
    for (const client of clients) {
      const own = said.filter(({ file }) => file.startsWith(`${client}/`));
      expect(own.length).toBeGreaterThan(500);
    }
    expect(said.filter(({ text }) => isPath(text))).toEqual(allowed);
  });

  it('is seen in strings, templates and tags, not in comments, imports or places of the page', () => {
    const source = `
      import { get } from "./commands/auth/login.ts"; // '/api/v1/requests'
      export { set } from "../api/v1/set.ts";
      const texts = ['/api/v1/requests', \`\${base}/api/v1/approvals/\${id}\`, \`/policies/\${id}\`, '/audit?limit=1'];
      const link = <a href="/auth/logout">/tenants</a>;
      const places = ['#/policies/new', '/auditors', 'policies', '/t/acme/'];
    `;
    expect(textsIn('some.tsx', source).filter(isPath)).toEqual([
      '/api/v1/requests',
      '/api/v1/approvals/',
      '/policies/',
      '/audit?limit=1',
      '/auth/logout',
      '/tenants',
    ]);
  });
});
