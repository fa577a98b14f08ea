import { type Classification, classifications } from '#domain/classification/classification.ts';
import { raisedByContent } from '#domain/classification/classify-content.ts';
import { CodedError } from '#domain/error.ts';
import type { ModelAnswer } from '#domain/model/model.ts';
import { newId } from '#platform/new-id.ts';
import type { CallModel } from '../model/call.ts';
import { classifierPrompt, labelToolName } from './classifier-prompt.ts';
import type { SuggestLabel } from './classify-data.ts';
import type { ReadDataRules } from './classify-rules.ts';

interface SuggestLabelOptions {
  callModel: CallModel;
  /** Which model is asked. */
  model: string;
  /** A model is asked only where policy says `allow_ai_reclassification`. */
  readDataRules: ReadDataRules;
  signal?: () => AbortSignal;
}

/**
 * Asks a model how confidential a content is. The question takes the way of every model call, and the answer can only
 * raise the label; if the call fails, the label stays (spec/enterprise.md §1.5).
 */
export function createSuggestLabel({
  callModel,
  model,
  readDataRules,
  signal = () => new AbortController().signal,
}: SuggestLabelOptions): SuggestLabel {
  return async (actor, content) => {
    const { allow_ai_reclassification: allowed } = await readDataRules(actor);
    if (allowed !== true) return null;
    try {
      const { answer } = await callModel({
        actor,
        requestId: null,
        callId: `classify/${newId('decision')}`,
        purpose: 'classify',
        model,
        classification: raisedByContent('internal', content),
        prompt: classifierPrompt(content),
        signal: signal(),
      });
      return labelIn(answer);
    } catch (error) {
      if (error instanceof CodedError && !ours.has(error.code)) return null;
      throw error;
    }
  };
}

/** Our own database and ledger: without them nothing goes on. Any other error only means that the model has no say. */
const ours = new Set(['AUDIT_WRITE_FAILED', 'DATABASE_UNAVAILABLE']);

function labelIn({ proposals: [first] }: ModelAnswer): Classification | null {
  if (first?.tool !== labelToolName || typeof first.input !== 'object' || first.input === null) return null;
  const given = Object.entries(first.input).find(([name]) => name === 'classification')?.[1];
  return classifications.find((label) => label === given) ?? null;
}
