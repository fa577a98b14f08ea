import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newConfigDir, openclaw } from '../cli/run-openclaw.ts';
import { startStack, type TestStack } from '../support/stack.ts';

let stack: TestStack;

beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack?.close());

describe('the audit log of a running system', () => {
  it('is exported, and verified by whoever has the file and the public key', async () => {
    const configDir = newConfigDir();
    const token = await stack.token('admin@acme.test');
    const options = { configDir, gateway: stack.api, token };
    await openclaw(['ask', 'list the open issues of acme/website'], options);
    const exported = await openclaw(['audit', 'export'], options);
    expect(exported).toMatchObject({ code: 0 });
    const file = join(configDir, 'a.json');
    writeFileSync(file, exported.stdout);
    const verified = await openclaw(['audit', 'verify', file], { configDir });
    expect(verified).toMatchObject({ code: 0 });
    expect(exported.stdout).toContain('"event":"github.issues_read"');
    const id = /"event":"github.issues_read","id":"(aud_\w+)"/.exec(exported.stdout)?.[1] ?? '';
    const changed = exported.stdout.replace(
      `"event":"github.issues_read","id":"${id}"`,
      `"event":"github.issues_reaf","id":"${id}"`,
    );
    writeFileSync(file, changed);
    const found = await openclaw(['audit', 'verify', file], { configDir });
    expect(found.code).toBe(1);
    expect(found.stdout).toContain(`entry ${id} at position`);
    expect((await openclaw(['audit', 'proof', id], options)).code).toBe(0);
  });
});
