import { ownActions } from '#domain/action/own-actions.ts';
import type { Classification } from '#domain/classification/classification.ts';
import { CodedError, ProviderError } from '#domain/error.ts';
import {
  estimatedTokens,
  isExternalModel,
  type ModelAnswer,
  type ModelFacts,
  type ModelPrompt,
  type Models,
  modelRoute,
} from '#domain/model/model.ts';
import { type TokenLimit, tokenLimits } from '#domain/model/model-limits.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { Additional } from '#domain/policy/applicable.ts';
import type { Decision } from '#domain/policy/decision.ts';
import type { Policy } from '#domain/policy/policy.ts';
import { sha256Hex } from '#platform/crypto/digest.ts';
import type { Ledger } from '#stores/audit/ledger.ts';
import type { ModelUsageStore } from '#stores/model/usage.ts';
import type { Decide } from '../decide.ts';
import { policiesFor } from '../policy/effective.ts';
import { policyErrorCode } from '../reason-words.ts';
import { auditEntry, type EntryFacts, ledgerDecision } from '../record.ts';
import { routingOf } from './route.ts';

export interface ModelCall {
  actor: Actor;
  requestId: string | null;
  /** Names the call across retries, so that its tokens are reserved once: `<request>/plan`. */
  callId: string;
  /** Its purpose in one word: `plan`. */
  purpose: string;
  /** The model that is wanted; data that may not go there goes to a self-hosted one. */
  model: string;
  /** The highest label of everything in the prompt. */
  classification: Classification;
  prompt: ModelPrompt;
  signal: AbortSignal;
}

export interface CalledModel {
  answer: ModelAnswer;
  /** The model that answered. */
  model: ModelFacts;
}

/**
 * The only way to ask a language model. Throws `POLICY_DENIED`, `CLASSIFICATION_VIOLATION`, `MODEL_TOKENS_EXHAUSTED`,
 * `MODEL_UNAVAILABLE`, `POLICY_ENGINE_UNREACHABLE`, `AUDIT_WRITE_FAILED`, `DATABASE_UNAVAILABLE`.
 */
export type CallModel = (call: ModelCall) => Promise<CalledModel>;

interface CallModelOptions {
  models: Models;
  decide: Decide;
  ledger: Ledger;
  usage: ModelUsageStore;
  /** The active policies of a tenant, verified. */
  readPolicies: (tenantId: string) => Promise<{ policies: readonly Policy[] }>;
  now: () => Date;
}

interface Allowed {
  model: ModelFacts;
  decision: Decision;
  /** What policy was told of the call beyond the action. */
  additional: Additional;
  limits: readonly TokenLimit[];
  day: string;
}

/**
 * Policy, then the tokens, then the record, and only then the call; what it used is recorded before the answer is
 * returned.
 */
export function createCallModel(options: CallModelOptions): CallModel {
  return async (call) => {
    const allowed = await allowedModel(options, call);
    const { model } = allowed;
    const most = estimatedTokens(call.prompt) + call.prompt.maxOutputTokens;
    await reserve(options, call, allowed, most);
    try {
      await record(options, call, allowed, { outcome: 'intended' });
    } catch (error) {
      await options.usage.recordUse(call.actor, call.callId, 0);
      throw error;
    }
    const answer = await ask(options, call, allowed, most);
    const { input, output } = answer.tokens;
    await options.usage.recordUse(call.actor, call.callId, input + output);
    await record(options, call, allowed, { outcome: 'success', tokens: answer.tokens });
    return { answer, model };
  };
}

/** The wanted model, else the self-hosted one that data with this label is rerouted to. */
async function allowedModel(options: CallModelOptions, call: ModelCall): Promise<Allowed> {
  const { models, readPolicies, now } = options;
  const route = modelRoute(call.model, models.facts);
  if (route.length === 0) throw new CodedError('MODEL_UNAVAILABLE', { message: 'There is no such model.' });
  const day = now().toISOString().slice(0, 10);
  const { policies } = await readPolicies(call.actor.tenantId);
  const limits = tokenLimits(policiesFor(call.actor, policies));
  for (const model of route) {
    const asked = await decideOn(options, call, { model, limits, day });
    const { decision } = asked;
    const allowed = { model, ...asked, limits, day };
    switch (routingOf(model, call.classification, decision)) {
      case 'call':
        return allowed;
      case 'reroute':
        await record(options, call, allowed, { event: 'model.rerouted', outcome: 'denied' });
        break;
      case 'refuse':
        await record(options, call, allowed, { outcome: 'denied' });
        throw refusal(model, call, decision);
    }
  }
  throw new CodedError('CLASSIFICATION_VIOLATION', {
    message: `No model may be given ${call.classification} data.`,
  });
}

function refusal(model: ModelFacts, call: ModelCall, decision: Decision): CodedError {
  if (model.id !== call.model) {
    return new CodedError('CLASSIFICATION_VIOLATION', {
      message: `${call.classification} data may not leave, and policy lets no model of our own have it.`,
    });
  }
  const outOfTokens = decision.rules.some(
    ({ code, verdict }) => verdict === 'deny' && code === 'tokens_per_day',
  );
  if (outOfTokens) return new CodedError('MODEL_TOKENS_EXHAUSTED');
  // Nobody can be asked in the middle of a call, so what needs an approval is not done.
  const code = policyErrorCode(decision.rules) ?? 'POLICY_DENIED';
  return new CodedError(code === 'POLICY_APPROVAL_REQUIRED' ? 'POLICY_DENIED' : code, {
    message: decision.reason,
  });
}

async function decideOn(
  { decide, usage }: CallModelOptions,
  { actor, callId, classification, prompt, purpose }: ModelCall,
  { model, limits, day }: Pick<Allowed, 'model' | 'limits' | 'day'>,
): Promise<Pick<Allowed, 'decision' | 'additional'>> {
  const [deciding] = limits;
  const tokensToday =
    deciding === undefined ? 0 : await usage.tokensOn(actor, day, { scope: deciding.scope, callId });
  const additional = {
    model: model.id,
    provider: model.provider,
    external: isExternalModel(model),
    prompt_tokens: estimatedTokens(prompt),
    max_output_tokens: prompt.maxOutputTokens,
    tokens_today: tokensToday,
  };
  const decision = await decide({
    actor,
    facts: ownActions.callModel,
    classification,
    origin: 'user',
    target: model.id,
    inputDigest: sha256Hex(`${callId}/${purpose}`),
    runId: null,
    requesterConfirmed: true,
    additional,
  });
  return { decision, additional };
}

/**
 * Reserves tokens, since policy only saw the count of a moment ago: calls at the same time can't pass a limit together.
 */
async function reserve(
  options: CallModelOptions,
  call: ModelCall,
  allowed: Allowed,
  tokens: number,
): Promise<void> {
  const { day, limits } = allowed;
  try {
    await options.usage.reserve(call.actor, { callId: call.callId, day, tokens, limits });
  } catch (error) {
    if (error instanceof CodedError && error.code === 'MODEL_TOKENS_EXHAUSTED') {
      await record(options, call, allowed, { outcome: 'denied', error: error.code });
    }
    throw error;
  }
}

async function ask(
  options: CallModelOptions,
  call: ModelCall,
  allowed: Allowed,
  most: number,
): Promise<ModelAnswer> {
  const { models, usage } = options;
  try {
    return await models.ask(call.actor.tenantId, allowed.model.id, call.prompt, call.signal);
  } catch (thrown) {
    const error =
      thrown instanceof ProviderError ? thrown : new ProviderError('MODEL_UNAVAILABLE', 'unknown');
    // A provider that doesn't say what was used is counted as having used all of it.
    await usage.recordUse(call.actor, call.callId, error.happened === 'no' ? 0 : most);
    await record(options, call, allowed, { outcome: 'error', error: error.code });
    throw error;
  }
}

interface Outcome {
  event?: 'model.rerouted';
  outcome: EntryFacts['outcome'];
  tokens?: ModelAnswer['tokens'];
  error?: string;
}

/** Who asked which model for what, with which label, and what it used; never a word of prompt or answer. */
async function record(
  { ledger, now }: CallModelOptions,
  { actor, requestId, callId, purpose, classification, model: wanted }: ModelCall,
  { model, decision, additional }: Pick<Allowed, 'model' | 'decision' | 'additional'>,
  { event, outcome, tokens, error }: Outcome,
): Promise<void> {
  const entry = auditEntry(
    actor,
    {
      event: event ?? 'model.called',
      detail: `${purpose} with ${model.id}`,
      outcome,
      decision,
      classification,
      model: { used: model.id, tokens: tokens ?? null },
      ...(requestId === null ? {} : { requestId }),
      metadata: {
        call_id: callId,
        wanted_model: wanted,
        external: isExternalModel(model),
        ...(error === undefined ? {} : { error }),
      },
    },
    now(),
  );
  const opens = outcome === 'intended' || outcome === 'denied';
  const decided = opens
    ? ledgerDecision(actor, ownActions.callModel, decision, { requestId, runId: null, additional })
    : null;
  await ledger.record(actor.tenantId, { decision: decided, entries: [entry], dedupeKey: null });
}
