import {
  type ActivitySerializationContext,
  defaultPayloadConverter,
  type Payload,
  type WorkflowSerializationContext,
} from '@temporalio/common';
import proto from '@temporalio/proto';
import type { Envelope } from '#platform/crypto/envelope.ts';
import { createPayloadCodec } from '#platform/temporal/payload-codec.ts';

const namespace = 'default';

export function inWorkflow(workflowId: string): WorkflowSerializationContext {
  return { type: 'workflow', namespace, workflowId };
}

export function inActivity(workflowId: string, activityId: string): ActivitySerializationContext {
  return { type: 'activity', namespace, workflowId, activityId, isLocal: false };
}

/** Payloads as workers and clients seal them, for that place. */
export function sealedFor(
  envelope: Envelope,
  context: WorkflowSerializationContext | ActivitySerializationContext,
  values: readonly unknown[],
): Promise<Payload[]> {
  const plain = values.map((value) => defaultPayloadConverter.toPayload(value));
  return createPayloadCodec(envelope, { namespace }).encode(plain, context);
}

/** Values of payloads that lie there; `undefined` for what doesn't open. */
export async function openedAt(
  envelope: Envelope,
  context: WorkflowSerializationContext | ActivitySerializationContext,
  payloads: readonly Payload[],
): Promise<unknown[]> {
  const opened = await createPayloadCodec(envelope, { namespace }).decode([...payloads], context);
  return opened.map((payload) => defaultPayloadConverter.fromPayload(payload));
}

/** A payload as versions before sealed it: bound to no place. */
export function sealedBefore(envelope: Envelope, value: unknown): Payload {
  const plain = proto.temporal.api.common.v1.Payload.encode(
    defaultPayloadConverter.toPayload(value),
  ).finish();
  return {
    metadata: { encoding: Buffer.from('binary/encrypted') },
    data: envelope.seal(plain, 'temporal-payload'),
  };
}
