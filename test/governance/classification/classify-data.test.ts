import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DataTouched } from '#domain/audit/audit.ts';
import type { Classification } from '#domain/classification/classification.ts';
import { CodedError } from '#domain/error.ts';
import type { ModelAnswer } from '#domain/model/model.ts';
import { createSuggestLabel } from '#governance/classification/classify-by-model.ts';
import { createClassifyData, type SuggestLabel } from '#governance/classification/classify-data.ts';
import type { RegisteredAction } from '#governance/registered-action.ts';
import { asker } from '../../support/examples.ts';
import { readIssues } from '../../support/github-actions.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';

let test: TestStores;
beforeAll(async () => {
  test = await openTestStores();
});
afterAll(() => test?.close());

const card = 'pay with 4111 1111 1111 1111';

const touched = (itemId: string, classification: Classification = 'internal'): DataTouched => ({
  source: 'github',
  itemId,
  classification,
  purpose: 'test',
});

/** A read of issues by their number. */
function reading(of: readonly DataTouched[], contentOf?: RegisteredAction['contentOf']): RegisteredAction {
  return {
    facts: readIssues,
    event: 'github.issues_read',
    dataTouched: () => of,
    contentOf,
    run: async () => ({}),
    find: async () => ({ found: 'no' }),
  };
}

const labels = (items: readonly DataTouched[]) => items.map(({ classification }) => classification);

function classify(suggest?: SuggestLabel) {
  return createClassifyData({ classifications: test.stores.classifications, ...(suggest && { suggest }) });
}

async function override(itemId: string, classification: Classification) {
  const { classifications } = test.stores;
  const said = {
    itemId,
    orgUnit: '',
    previous: 'internal',
    classification,
    reason: 'x',
    by: 'admin',
  } as const;
  await classifications.override('acme', said, async () => {});
}

describe('what an action touched', () => {
  it('is raised item by item, by what each holds', async () => {
    const contentOf = (output: unknown, itemId: string) => Object(output)[itemId];
    const action = reading([touched('a#1', 'public'), touched('a#2', 'public')], contentOf);
    const output = { 'a#1': { title: 'hello' }, 'a#2': { title: card } };
    expect(labels(await classify().touched(asker, action, { input: {}, output, target: null }))).toEqual([
      'public',
      'restricted',
    ]);
    expect(await test.stores.classifications.seen('acme', 'github:a#2')).toMatchObject({
      originalLevel: 'public',
      classification: 'restricted',
      reasons: ['payment_card'],
    });
    expect(await test.stores.classifications.seen('acme', 'github:a#1')).toBeUndefined();
  });

  it('is raised as a whole where nobody says which part is which item, by input and output alike', async () => {
    const action = reading([touched('b#1'), touched('b#2')]);
    const twice = ['restricted', 'restricted'];
    expect(
      labels(await classify().touched(asker, action, { input: {}, output: [card], target: null })),
    ).toEqual(twice);
    expect(
      labels(await classify().touched(asker, action, { input: { body: card }, output: {}, target: null })),
    ).toEqual(twice);
  });

  it('has the label that an administrator gave it, whatever it holds', async () => {
    await override('github:c#1', 'public');
    await override('github:c#2', 'restricted');
    const action = reading([touched('c#1'), touched('c#2'), touched('c#3')]);
    expect(
      labels(await classify().touched(asker, action, { input: {}, output: 'plain', target: null })),
    ).toEqual(['public', 'restricted', 'internal']);
    expect(
      labels(await classify().touched(asker, action, { input: {}, output: card, target: null }))[0],
    ).toBe('public');
  });

  it.each<[Classification | null, Classification]>([
    ['restricted', 'restricted'],
    ['public', 'internal'],
    [null, 'internal'],
  ])('and a model says %s of is %s: it only raises', async (said, label) => {
    const action = reading([touched('d#1')]);
    const made = await classify(async () => said).touched(asker, action, {
      input: {},
      output: 'plain',
      target: null,
    });
    expect(labels(made)).toEqual([label]);
  });
});

describe('the target of an action', () => {
  it('is what administrators say of it, if anything, and is not asked about twice', async () => {
    await override('github:e#2', 'confidential');
    const of = (itemId: string) => classify().ofItem(asker, `github:${itemId}`);
    expect(await of('e#1')).toEqual({ item: 'github:e#1', override: null });
    const target = await of('e#2');
    expect(target).toEqual({ item: 'github:e#2', override: 'confidential' });
    const blind = createClassifyData({
      classifications: {
        ...test.stores.classifications,
        overrides: async (_tenant, _unit, items) => {
          expect(items).toEqual([]);
          return new Map();
        },
      },
    });
    const action = reading([touched('e#2', 'public')]);
    expect(labels(await blind.touched(asker, action, { input: {}, output: 'plain', target }))).toEqual([
      'confidential',
    ]);
  });
});

describe('an item of an unknown source', () => {
  it.each<[Classification | undefined, Classification]>([
    ['confidential', 'confidential'],
    [undefined, 'internal'],
  ])('has the default label that policy says (%s), else internal', async (said, label) => {
    const made = createClassifyData({
      classifications: test.stores.classifications,
      readDataRules: async () => ({ default_classification: said }),
    });
    const item = { itemId: 'unheard_of:1', base: undefined, content: 'hello' };
    expect(await made.item(asker, item)).toMatchObject({
      classification: label,
      assignedBy: 'connector_default',
    });
  });
});

describe('a model that is asked for a label', () => {
  const answered = (proposals: ModelAnswer['proposals']) => ({
    answer: { text: 'public!', proposals, tokens: { input: 1, output: 1 } },
    model: { id: 'llama', provider: 'self-hosted', selfHosted: true },
  });

  const suggest = (callModel: Parameters<typeof createSuggestLabel>[0]['callModel'], allowed = true) =>
    createSuggestLabel({
      callModel,
      model: 'llama',
      readDataRules: async () => (allowed ? { allow_ai_reclassification: true } : {}),
    })(asker, { title: card });

  it('is shown the content under the label that patterns gave it', async () => {
    const shown: unknown[] = [];
    const label = await suggest(async ({ classification, prompt, purpose }) => {
      shown.push({ classification, purpose, text: prompt.text });
      return answered([{ tool: 'label', input: { classification: 'confidential' } }]);
    });
    expect(label).toBe('confidential');
    expect(shown).toEqual([
      { classification: 'restricted', purpose: 'classify', text: JSON.stringify({ title: card }) },
    ]);
  });

  it.each([
    ['words', []],
    ['another tool', [{ tool: 'delete', input: { classification: 'restricted' } }]],
    ['a label that is none', [{ tool: 'label', input: { classification: 'harmless' } }]],
    ['no object', [{ tool: 'label', input: 'restricted' }]],
  ])('has said nothing with %s', async (_what, proposals) => {
    expect(await suggest(async () => answered(proposals))).toBeNull();
  });

  it('has said nothing when it fails, or policy doesn’t let it', async () => {
    const failing = async () => {
      throw new CodedError('MODEL_UNAVAILABLE');
    };
    expect(await suggest(failing)).toBeNull();
    const never = async () => {
      throw new RangeError('asked all the same');
    };
    expect(await suggest(never, false)).toBeNull();
  });

  it('does not hide that nothing could be recorded', async () => {
    const unrecorded = async () => {
      throw new CodedError('AUDIT_WRITE_FAILED');
    };
    await expect(suggest(unrecorded)).rejects.toMatchObject({ code: 'AUDIT_WRITE_FAILED' });
  });
});
