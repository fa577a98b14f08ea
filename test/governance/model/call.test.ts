import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Classification, classifications } from '#domain/classification/classification.ts';
import { ProviderError } from '#domain/error.ts';
import type { ModelAnswer, ModelFacts, ModelPrompt } from '#domain/model/model.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { Policy } from '#domain/policy/policy.ts';
import { createGovernance, type Governance } from '#governance/create-governance.ts';
import type { CallModel, ModelCall } from '#governance/model/call.ts';
import { parseNewPolicy } from '#governance/policy/change/parse-new-policy.ts';
import { replayDecisions } from '#governance/policy/impact/replay-decisions.ts';
import { newId } from '#platform/new-id.ts';
import { loadRegoModule, type RegoModule } from '#platform/opa/load-module.ts';
import { entriesOf } from '../../support/audit-entries.ts';
import { asker } from '../../support/examples.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';
import { recordEventIn } from '../../support/record-event.ts';
import { nobodyToAsk } from '../../support/rights.ts';

let test: TestStores;
let module: RegoModule;
let asked: { tenantId: string; model: string; prompt: ModelPrompt }[];
let answer: () => Promise<ModelAnswer>;
let policies: Policy[] = [];

beforeAll(async () => {
  [test, module] = await Promise.all([openTestStores(), loadRegoModule()]);
  const actions = policy('actions', { default_autonomy: 'approve' });
  await test.stores.policies.insert('acme', actions);
  policies = [actions];
});
afterAll(() => test?.close());
beforeEach(() => {
  asked = [];
  answer = async () => ({ text: 'ok', proposals: [], tokens: { input: 10, output: 5 } });
});

function policy(domain: string, rules: object, scope: object = { level: 'enterprise' }): Policy {
  const body = { name: `test ${domain}`, domain, scope, status: 'active', rules, change_reason: 'test' };
  const among = modelsPolicy === undefined ? policies : [...policies, modelsPolicy];
  return parseNewPolicy(body, { among, by: 'test', at: new Date() });
}

let modelsPolicy: Policy | undefined;

/** The enterprise's policy about models, in the place of the one before. */
async function putModels(rules: object): Promise<void> {
  const fresh = policy('models', rules);
  const next = { ...fresh, id: modelsPolicy?.id ?? fresh.id, version: (modelsPolicy?.version ?? 0) + 1 };
  await test.stores.policies.insert('acme', next);
  modelsPolicy = next;
}

const own = (id: string): ModelFacts => ({ id, provider: 'self-hosted', selfHosted: true });
const claude: ModelFacts = { id: 'claude-5', provider: 'anthropic', selfHosted: false };

/** The door to these models, under the policies of this moment. */
const now = () => new Date();

function door(facts: readonly ModelFacts[]): CallModel {
  return governance(facts).callModel;
}

function governance(facts: readonly ModelFacts[]): Governance {
  return createGovernance({
    stores: test.stores,
    module,
    models: {
      facts,
      ask: async (tenantId, model, prompt) => {
        asked.push({ tenantId, model, prompt });
        return answer();
      },
    },
    actions: [],
    verify: test.signing.verify,
    confirm: nobodyToAsk,
    recordEvent: recordEventIn(test.stores, now),
    now,
    effectSettleMs: 1,
    rightsMaxAgeMs: 1,
    onPolicyFailure: ({ cause }) => {
      throw cause;
    },
  });
}

let people = 0;
/** Somebody whose tokens nobody has counted yet. */
function somebody(): Actor {
  people += 1;
  return { ...asker, userId: `person-${people}` };
}

const prompt: ModelPrompt = { system: 's', text: 'the secret is swordfish', tools: [], maxOutputTokens: 50 };

function call(over: Partial<ModelCall> = {}): ModelCall {
  return {
    actor: somebody(),
    requestId: newId('request'),
    callId: newId('decision'),
    purpose: 'plan',
    model: 'claude-5',
    classification: 'internal',
    prompt,
    signal: new AbortController().signal,
    ...over,
  };
}

/** Entries of one person, oldest first. */
const entriesBy = async ({ userId }: Actor) =>
  (await entriesOf(test.stores, 'acme', { userId })).toReversed();

const steps = async (actor: Actor) =>
  (await entriesBy(actor)).map(({ event, outcome, modelUsed }) => `${event} ${outcome} ${modelUsed}`);

describe('where a prompt goes', () => {
  const open = { allow_external_models: true };
  const rows: [string, object, Classification, string | null][] = [];
  for (const label of classifications) {
    const high = label === 'confidential' || label === 'restricted';
    rows.push(['external models are allowed', open, label, high ? 'llama' : 'claude-5']);
    rows.push([
      'it is named for confidential data',
      { ...open, confidential_data_models: ['claude-5'] },
      label,
      label === 'restricted' ? 'llama' : 'claude-5',
    ]);
    rows.push([
      'it is named for both',
      { ...open, confidential_data_models: ['claude-5'], restricted_data_models: ['claude-5'] },
      label,
      'claude-5',
    ]);
    rows.push([
      'external models are not allowed',
      { allow_external_models: false },
      label,
      high ? 'llama' : null,
    ]);
    rows.push([
      'another is named',
      { ...open, confidential_data_models: ['gpt-5'], restricted_data_models: ['gpt-5'] },
      label,
      high ? 'llama' : 'claude-5',
    ]);
  }

  it.each(rows)('%s (%o): %s data goes to %s', async (_when, rules, classification, to) => {
    await putModels(rules);
    const calling = door([claude, own('llama'), own('local-llm-default')])(call({ classification }));
    if (to === null) {
      await expect(calling).rejects.toMatchObject({ code: 'POLICY_DENIED' });
      expect(asked).toEqual([]);
      return;
    }
    expect((await calling).model.id).toBe(to);
    expect(asked.map(({ model }) => model)).toEqual([to]);
  });

  it('is the last resort where no other model is self-hosted', async () => {
    await putModels(open);
    const { model } = await door([claude, own('local-llm-default')])(call({ classification: 'restricted' }));
    expect(model.id).toBe('local-llm-default');
  });

  it.each<[string, ModelFacts[], object]>([
    ['there is none of our own', [claude], open],
    ['the one of our own only claims to be', [claude, own('gpt-local')], open],
    [
      'policy does not list the one of our own',
      [claude, own('llama')],
      { ...open, allowed_models: ['claude-5'] },
    ],
  ])('is nowhere when %s', async (_why, facts, rules) => {
    await putModels(rules);
    const actor = somebody();
    await expect(door(facts)(call({ actor, classification: 'restricted' }))).rejects.toMatchObject({
      code: 'CLASSIFICATION_VIOLATION',
    });
    expect(asked).toEqual([]);
    expect((await steps(actor))[0]).toBe('model.rerouted denied claude-5');
  });

  it('is nowhere for a model that is not configured', async () => {
    await putModels(open);
    await expect(door([])(call())).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE' });
  });

  it('is nowhere when no policy speaks of models', async () => {
    const globex = { ...somebody(), tenantId: 'globex' };
    await expect(door([own('llama')])(call({ actor: globex, model: 'llama' }))).rejects.toMatchObject({
      code: 'POLICY_DENIED',
    });
    expect(asked).toEqual([]);
  });
});

describe('the record of a call', () => {
  it('says who asked which model what for, under which label and policy, and what it used', async () => {
    await putModels({ allow_external_models: true });
    const actor = somebody();
    const given = call({ actor, classification: 'confidential' });
    await door([claude, own('llama')])(given);
    expect(await steps(actor)).toEqual([
      'model.rerouted denied claude-5',
      'model.called intended llama',
      'model.called success llama',
    ]);
    const last = (await entriesBy(actor)).at(-1);
    expect(last).toMatchObject({
      actionType: 'model_call',
      actionDetail: 'plan with llama',
      modelTokens: { input: 10, output: 5 },
      dataClassification: 'confidential',
      requestId: given.requestId,
      policyResult: 'allow',
      metadata: { call_id: given.callId, wanted_model: 'claude-5', external: false },
    });
    expect(last?.policyApplied).toContain(modelsPolicy?.id);
  });

  it('holds what policy knew of the call, so that the impact of another policy can be told', async () => {
    await putModels({ allow_external_models: true });
    const actor = somebody();
    await door([claude])(call({ actor }));
    const [to, from] = [new Date(), new Date(Date.now() - 60_000)];
    const before = await test.stores.policies.active('acme');
    const { evaluateUnder } = governance([claude]);
    const impactOf = async (rules: Policy['rules']) => {
      const after = before.policies.map((one) =>
        one.id === modelsPolicy?.id ? { ...one, version: one.version + 1, rules } : one,
      );
      const { groups } = await replayDecisions(
        { ...test.stores, evaluateUnder },
        {
          tenantId: 'acme',
          window: await test.stores.impact.window('acme', from, to),
          domain: 'models',
          scope: { level: 'enterprise', orgUnit: null, userId: null },
          before: before.policies,
          after,
        },
      );
      return groups
        .filter(({ userId }) => userId === actor.userId)
        .map(({ kind, action, decisions }) => ({ kind, action, decisions }));
    };
    const hit = [{ kind: 'newly_blocked', action: 'model_call', decisions: 1 }];
    expect(await impactOf({ allow_external_models: true })).toEqual([]);
    expect(await impactOf({ allow_external_models: false })).toEqual(hit);
    expect(await impactOf({ allow_external_models: true, allowed_models: ['gpt-5'] })).toEqual(hit);
    expect(await impactOf({ allow_external_models: true, allowed_models: ['claude-5'] })).toEqual([]);
    expect(await impactOf({ allow_external_models: true, max_tokens_per_request: 40 })).toEqual(hit);
  });

  it('never holds a word of the prompt', async () => {
    await putModels({});
    const actor = somebody();
    answer = async () => {
      throw new Error('swordfish');
    };
    const error = await door([own('llama')])(call({ actor, model: 'llama' })).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: 'MODEL_UNAVAILABLE' });
    expect(inspect(error, { depth: 9 })).not.toContain('swordfish');
    expect(JSON.stringify(await entriesBy(actor))).not.toContain('swordfish');
    expect(await steps(actor)).toEqual(['model.called intended llama', 'model.called error llama']);
  });

  it('comes first: where it can’t be written, nobody is asked and no token is held', async () => {
    await putModels({ max_tokens_per_day: 10_000 });
    const failing = createGovernanceWithout('record');
    const actor = somebody();
    await expect(failing(call({ actor, model: 'llama' }))).rejects.toMatchObject({
      code: 'AUDIT_WRITE_FAILED',
    });
    expect(asked).toEqual([]);
    expect(await countedFor(actor)).toBe(0);
  });
});

/** A door whose ledger refuses to write. */
function createGovernanceWithout(method: 'record'): CallModel {
  const ledger = {
    ...test.stores.ledger,
    [method]: async () => {
      const { CodedError } = await import('#domain/error.ts');
      throw new CodedError('AUDIT_WRITE_FAILED');
    },
  };
  return createGovernance({
    stores: { ...test.stores, ledger },
    module,
    models: {
      facts: [own('llama')],
      ask: async (tenantId, model, given) => {
        asked.push({ tenantId, model, prompt: given });
        return answer();
      },
    },
    actions: [],
    verify: test.signing.verify,
    confirm: nobodyToAsk,
    recordEvent: recordEventIn({ ledger }, now),
    now,
    effectSettleMs: 1,
    rightsMaxAgeMs: 1,
    onPolicyFailure: () => {},
  }).callModel;
}

const countedFor = (actor: Actor, callId = 'another') =>
  test.stores.modelUsage.tokensOn(actor, new Date().toISOString().slice(0, 10), {
    scope: { level: 'person' },
    callId,
  });

describe('the tokens of a call', () => {
  /** A policy for one person, so that no other test’s tokens count. */
  async function limited(tokens: number): Promise<Actor> {
    await putModels({ max_tokens_per_day: 1_000_000 });
    const actor = somebody();
    const scope = { level: 'user', user_id: actor.userId };
    await test.stores.policies.insert('acme', policy('models', { max_tokens_per_day: tokens }, scope));
    return actor;
  }

  it('are held before it and settled after it', async () => {
    const actor = await limited(10_000);
    const given = call({ actor, model: 'llama' });
    let during = 0;
    answer = async () => {
      during = await countedFor(actor);
      return { text: '', proposals: [], tokens: { input: 10, output: 5 } };
    };
    await door([own('llama')])(given);
    expect(during).toBeGreaterThan(50);
    expect(await countedFor(actor)).toBe(15);
  });

  it('of calls at once never pass the limit of the day', async () => {
    const actor = await limited(600);
    answer = async () => ({ text: '', proposals: [], tokens: { input: 80, output: 50 } });
    const calling = door([own('llama')]);
    const ends = await Promise.allSettled(
      Array.from({ length: 12 }, () => calling(call({ actor, model: 'llama' }))),
    );
    const failed = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason.code] : []));
    expect(failed.length).toBeGreaterThan(6);
    expect(new Set(failed)).toEqual(new Set(['MODEL_TOKENS_EXHAUSTED']));
    expect(asked.length).toBe(12 - failed.length);
    expect(await countedFor(actor)).toBe(asked.length * 130);
    expect(await countedFor(actor)).toBeLessThanOrEqual(600);
  });

  it('beyond what one request may use are refused by policy before anything is held', async () => {
    await putModels({ max_tokens_per_request: 40 });
    const actor = somebody();
    await expect(door([own('llama')])(call({ actor, model: 'llama' }))).rejects.toMatchObject({
      code: 'POLICY_DENIED',
    });
    expect(await countedFor(actor)).toBe(0);
    expect(asked).toEqual([]);
  });

  it.each(['no', 'unknown'] as const)(
    'of a call that failed count as far as they may be used (%s)',
    async (happened) => {
      const actor = await limited(10_000);
      answer = async () => {
        throw new ProviderError('MODEL_UNAVAILABLE', happened);
      };
      await expect(door([own('llama')])(call({ actor, model: 'llama' }))).rejects.toMatchObject({
        code: 'MODEL_UNAVAILABLE',
      });
      expect((await countedFor(actor)) > 0).toBe(happened === 'unknown');
    },
  );

  it('are not held twice by a try that follows one that broke off', async () => {
    const actor = await limited(200);
    const given = call({ actor, model: 'llama' });
    const day = new Date().toISOString().slice(0, 10);
    await test.stores.modelUsage.reserve(actor, { callId: given.callId, day, tokens: 150, limits: [] });
    await door([own('llama')])(given);
    expect(await countedFor(actor)).toBe(15);
  });
});
