import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { configuredModels } from '#models/configured-models.ts';

const folder = mkdtempSync(join(tmpdir(), 'openclaw-models-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const list = [
  { id: 'llama', provider: 'openai-compatible', baseUrl: 'http://10.0.0.7/v1', selfHosted: true },
];

function open(content: string | undefined, named: Record<string, string | undefined> = {}) {
  const file = content === undefined ? undefined : join(folder, 'models.json');
  if (file !== undefined && content !== undefined) writeFileSync(file, content);
  return configuredModels({ file, named, readSecret: async () => '', timeoutMs: 1_000 });
}

describe('the models of an installation', () => {
  it('are those of the file, as policy sees them', async () => {
    const { facts } = await open(JSON.stringify(list), {
      PLANNER_MODEL: 'llama',
      CLASSIFIER_MODEL: undefined,
    });
    expect(facts).toEqual([{ id: 'llama', provider: 'self-hosted', selfHosted: true }]);
  });

  it('are none without a file, and none can be asked', async () => {
    const none = await open(undefined);
    expect(none.facts).toEqual([]);
    const prompt = { system: '', text: '', tools: [], maxOutputTokens: 1 };
    const asking = none.ask('acme', 'llama', prompt, new AbortController().signal);
    await expect(asking).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE' });
  });

  it.each([
    ['the planner names another', JSON.stringify(list), { PLANNER_MODEL: 'gpt-5' }, 'PLANNER_MODEL'],
    ['a model is named and there is no file', undefined, { CLASSIFIER_MODEL: 'llama' }, 'CLASSIFIER_MODEL'],
    ['the file is not right', '[{}]', {}, 'MODELS_FILE'],
  ])('stop the start when %s', async (_what, content, named, words) => {
    await expect(open(content, named)).rejects.toThrow(words);
  });
});
