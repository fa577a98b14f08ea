import { z } from 'zod';
import { classifications } from '../classification/classification.ts';
import { verdicts } from '../policy/verdict.ts';
import { plainText } from '../text.schema.ts';
import { actionStates, requestStates, resolutions } from './request.ts';
import { waitView } from './wait.schema.ts';

export const requestTextMax = 65_536;
export const actionsPerRequestMax = 20;

/** Body of `POST /api/v1/requests`: words for the planner, or actions that a client has planned itself. */
export const newRequest = z
  .strictObject({
    text: plainText({ min: 1, max: requestTextMax })
      .refine((text) => text.trim() !== '', { error: 'is empty' })
      .optional(),
    actions: z
      .array(z.strictObject({ action: z.string().max(100), input: z.record(z.string(), z.unknown()) }))
      .min(1)
      .max(actionsPerRequestMax)
      .optional(),
  })
  .refine((body) => (body.text === undefined) !== (body.actions === undefined), {
    error: 'give either text or actions',
  })
  .meta({ id: 'NewRequest' });

export type NewRequest = z.input<typeof newRequest>;

const codedText = z.object({
  error: z.string(),
  message: z.string(),
  /** Before this time, which the provider named, asking again is of no use. */
  retry_at: z.iso.datetime().optional(),
});

/** One action of a request, as its owner sees it. */
export const requestActionView = z
  .object({
    n: z.int(),
    /** 1, or more after `send_again`. */
    sending: z.int(),
    action: z.string(),
    title: z.string(),
    target: z.string(),
    state: z.enum(actionStates),
    verdict: z.enum(verdicts).nullable(),
    reason: z.string().nullable(),
    policy_applied: z.string().nullable(),
    approval_id: z.string().nullable(),
    classification: z.enum(classifications).nullable(),
    answer: z.string().nullable(),
    /** Structured result of the action; its shape is the action's own output. */
    result: z.unknown().nullable(),
    error: codedText.nullable(),
    waits: waitView.nullable(),
  })
  .meta({ id: 'RequestAction' });

export type RequestAction = z.infer<typeof requestActionView>;

/** A request, as its owner sees it. */
export const requestView = z
  .object({
    id: z.string(),
    state: z.enum(requestStates),
    user_id: z.string(),
    text: z.string().nullable(),
    /** Who planned: `built-in rules`, `model llama`, `client`. */
    planner: z.string().nullable(),
    answer: z.string().nullable(),
    suggestions: z.array(z.string()),
    error: codedText.nullable(),
    actions: z.array(requestActionView),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
    finished_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Request' });

export type RequestView = z.infer<typeof requestView>;

/** Lists leave out answers and results. */
export const requestSummary = requestView
  .pick({ id: true, state: true, user_id: true, text: true, created_at: true, updated_at: true })
  .meta({ id: 'RequestSummary' });

export type RequestSummary = z.infer<typeof requestSummary>;

export const requestList = z
  .object({ requests: z.array(requestSummary), next: z.string().nullable() })
  .meta({ id: 'RequestList' });

export type RequestList = z.infer<typeof requestList>;

/** Query of `GET /api/v1/requests`. */
export const requestQuery = z.strictObject({
  state: z.enum(requestStates).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  /** Only requests older than this one: `next` of the page before. */
  before: z.string().max(64).optional(),
});

export type RequestQuery = z.output<typeof requestQuery>;

/** Body of `POST /api/v1/requests/{id}/resolve`. */
export const resolveRequest = z
  .strictObject({
    n: z.int().min(1).max(actionsPerRequestMax),
    /** The sending that the person looked for; without it, the newest. */
    sending: z.int().min(1).optional(),
    resolution: z.enum(resolutions),
    reason: plainText({ min: 1, max: 2_000 }),
  })
  .meta({ id: 'ResolveRequest' });

export type ResolveRequest = z.input<typeof resolveRequest>;
