import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openclaw, startOpenclaw } from '../cli/run-openclaw.ts';
import { signInByDevice } from '../support/device-sign-in.ts';
import { nodesHere, type PackedCli, packCli } from '../support/packed-cli.ts';
import { startStack, type TestStack } from '../support/stack.ts';

const nodes = await nodesHere();

describe('the packed command line, installed with npm, against the stack', () => {
  let stack: TestStack;
  let packed: PackedCli;
  const folders: string[] = [];

  beforeAll(async () => {
    [stack, packed] = await Promise.all([startStack(), packCli()]);
  });
  afterAll(async () => {
    await stack?.close();
    packed?.remove();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  it.each(nodes)(
    'signs in, asks, exports the audit log and verifies it, under Node $version',
    async (node) => {
      const configDir = mkdtempSync(join(tmpdir(), 'openclaw-e2e-packed-'));
      folders.push(configDir);
      const options = { configDir, installed: { openclaw: await packed.install(node), path: node.path } };
      const run = async (words: readonly string[]) => {
        const ended = await openclaw(words, options);
        expect(ended).toMatchObject({ code: 0 });
        return ended;
      };

      await run(['config', 'set', 'gateway_url', stack.api]);
      const login = startOpenclaw(['auth', 'login', '--json'], options);
      expect(await signInByDevice(login, 'admin@acme.test')).toMatchObject({ code: 0 });
      expect((await run(['status'])).stdout).toContain('User:        admin@acme.test');
      const asked = await run(['ask', 'list the open issues of acme/website']);
      expect(asked.stdout).toContain('#7 Footer links are broken');

      const file = join(configDir, 'audit.json');
      await run(['audit', 'export', '--out', file]);
      const verified = await run(['audit', 'verify', file]);
      expect(verified.stdout).toMatch(/entries/);
      expect(
        await openclaw(['audit', 'verify', file], { ...options, gateway: 'https://gateway.invalid' }),
      ).toMatchObject({ code: 0, stdout: verified.stdout });
      await run(['auth', 'logout']);
      expect((await openclaw(['auth', 'whoami'], options)).code).toBe(3);
    },
  );
});
