import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const files = globSync('test/**/*.test.ts', { cwd: root })
  .filter((file) => !file.endsWith('needing.test.ts'))
  .map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));

it.each([
  ['redis', /\bemptyRedis\(|inject\('redisUrl'\)|\bstack\.redisUrl\b/],
  ['chromium', /\b(?:launchChromium|openBrowser|usePage)\(/],
  ['faketime', /\bcreateFakeClock\(/],
  ['opa', /\brunOpa\(|toolPath\('opa'\)/],
  ['python', /toolPath\('python'\)/],
  ['mount', /\bmountSmallDisk\(/],
])('a test that uses %s says that it needs it', (tool, use) => {
  const users = files.filter(({ text }) => use.test(text));
  expect(users.length).toBeGreaterThan(0);
  const silent = users.filter(
    ({ text }) => !text.includes(`needing('${tool}')`) && !text.includes(`hasTool('${tool}')`),
  );
  expect(silent.map(({ file }) => file)).toEqual([]);
});
