import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  estimatedTokens,
  isExternalModel,
  lastResortModel,
  type ModelFacts,
  modelRoute,
} from '#domain/model/model.ts';
import { tokenLimits } from '#domain/model/model-limits.ts';
import type { Policy, PolicyScope } from '#domain/policy/policy.ts';

const own = (id: string): ModelFacts => ({ id, provider: 'self-hosted', selfHosted: true });
const vendor = (id: string): ModelFacts => ({ id, provider: 'anthropic', selfHosted: false });

describe('an external model', () => {
  it.each(['gpt-5', 'claude-5', 'gemini-3', 'openai/x', 'anthropic/x', 'google/x', 'GPT-5'])(
    'is one that is named like %s, whatever the installation says of it',
    (id) => {
      expect(isExternalModel({ id, selfHosted: true })).toBe(true);
    },
  );

  it('is one that is not self-hosted, whatever its name', () => {
    expect(isExternalModel({ id: 'llama', selfHosted: false })).toBe(true);
    expect(isExternalModel({ id: 'llama', selfHosted: true })).toBe(false);
  });
});

describe('the route of a call', () => {
  it('goes from the wanted model to the first self-hosted one', () => {
    const models = [vendor('gpt-5'), own(lastResortModel), own('llama'), own('qwen')];
    expect(modelRoute('gpt-5', models).map(({ id }) => id)).toEqual(['gpt-5', 'llama']);
  });

  it('goes to the last resort where there is no other, and nowhere else', () => {
    expect(modelRoute('gpt-5', [vendor('gpt-5'), own(lastResortModel)]).map(({ id }) => id)).toEqual([
      'gpt-5',
      lastResortModel,
    ]);
    expect(modelRoute('gpt-5', [vendor('gpt-5'), vendor('claude-5')]).map(({ id }) => id)).toEqual(['gpt-5']);
    expect(modelRoute('gpt-5', [])).toEqual([]);
  });

  it('never leads to an external model that was not asked for', () => {
    const some = fc.uniqueArray(
      fc.record({
        id: fc.constantFrom('a', 'b', 'gpt-5', 'claude-5', lastResortModel),
        provider: fc.constant('x'),
        selfHosted: fc.boolean(),
      }),
      { selector: ({ id }) => id },
    );
    fc.assert(
      fc.property(some, (models) => {
        const [, ...others] = modelRoute('gpt-5', models).toSorted(({ id }) => (id === 'gpt-5' ? -1 : 1));
        expect(others.filter(isExternalModel)).toEqual([]);
      }),
    );
  });
});

describe('the estimate of a prompt', () => {
  it('grows with every part of it', () => {
    const prompt = { system: 'a', text: 'b', tools: [], maxOutputTokens: 1 };
    const small = estimatedTokens(prompt);
    expect(estimatedTokens({ ...prompt, text: 'b'.repeat(300) })).toBeGreaterThanOrEqual(small + 99);
    expect(
      estimatedTokens({ ...prompt, tools: [{ name: 'x'.repeat(300), description: '', inputSchema: {} }] }),
    ).toBeGreaterThan(small + 99);
  });
});

describe('the daily limits of a person', () => {
  const policy = (scope: Partial<PolicyScope>, tokens: number | undefined, mayGrant?: number): Policy => ({
    id: 'pol_1',
    name: 'x',
    domain: 'models',
    scope: { level: 'enterprise', orgUnit: null, userId: null, ...scope },
    version: 1,
    status: 'active',
    rules: tokens === undefined ? {} : { max_tokens_per_day: tokens },
    mayGrant: mayGrant === undefined ? null : { max_tokens_per_day: mayGrant },
    changeReason: 'x',
    createdBy: 'x',
    createdAt: '',
  });

  it('are the deepest word first, then what the levels above grant, each counted where it stands', () => {
    const limits = tokenLimits([
      policy({}, 100, 1_000),
      policy({ level: 'user', userId: 'u', orgUnit: 'engineering/web' }, 10),
      policy({ level: 'org', orgUnit: 'engineering' }, 500),
      policy({ level: 'team', orgUnit: 'engineering/web' }, undefined),
    ]);
    expect(limits).toEqual([
      { scope: { level: 'person' }, tokens: 10 },
      { scope: { level: 'unit', orgUnit: 'engineering' }, tokens: 500 },
      { scope: { level: 'tenant' }, tokens: 1_000 },
    ]);
  });

  it('are the value itself where nobody below speaks, and none where nobody does', () => {
    expect(tokenLimits([policy({}, 100, 1_000)])).toEqual([{ scope: { level: 'tenant' }, tokens: 100 }]);
    expect(tokenLimits([policy({}, undefined)])).toEqual([]);
    expect(tokenLimits([{ ...policy({}, 5), domain: 'data' }])).toEqual([]);
  });
});
