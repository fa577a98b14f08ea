import type { Payload, PayloadCodec, SerializationContext } from '@temporalio/common';
import proto from '@temporalio/proto';
import { CodedError } from '#domain/error.ts';
import { tenantOfWorkflowId } from '#domain/ids.ts';
import { installationTenant } from '#domain/tenant/tenant.ts';
import { type Envelope, keyIdOf } from '#platform/crypto/envelope.ts';

const encrypted = 'binary/encrypted';
const additionalData = 'temporal-payload';

const { Payload: PayloadMessage } = proto.temporal.api.common.v1;

const nothing = (): Payload => ({ metadata: { encoding: Buffer.from('binary/null') } });

/** Did the codec make this payload? */
export function isEncrypted(payload: Payload): boolean {
  const encoding = payload.metadata?.encoding;
  return encoding !== undefined && Buffer.from(encoding).toString() === encrypted;
}

/** Keys of tenants, as far as payloads need them. */
export interface PayloadKeys {
  /** Throws `CONTENT_UNREADABLE` where there is none any more. */
  forPayloads(tenantId: string): Promise<Envelope>;
  /** The tenant whose key it is; `undefined` when it is not the key of a tenant. */
  tenantOfKey(id: string): Promise<string | undefined>;
}

interface CodecOptions {
  /** What to do with a payload that claims to be ours and can't be opened: throw, or decode it to nothing too. */
  unreadable: 'throws' | 'is nothing';
  /** Without them, every payload is sealed under the installation's key. */
  tenantKeys?: PayloadKeys | undefined;
}

/**
 * Encrypts every payload of every history (AES-256-GCM): under the key of the tenant that the workflow's id names, else
 * under the installation's (ADR 0014); the key id says which. Plaintext from outside never reaches workflow code: it
 * decodes to nothing, which every validator refuses. (Throwing would fail the workflow task, so a stranger's message
 * could block a healthy workflow; the same is true of bytes that only pretend to be encrypted.) A payload that can't be
 * opened right now, because the keys can't be reached, throws: Temporal tries again.
 */
export function createPayloadCodec(
  envelope: Envelope,
  { unreadable, tenantKeys }: CodecOptions = { unreadable: 'throws' },
): PayloadCodec {
  const open = async (sealed: Uint8Array): Promise<Payload> => {
    try {
      const tenantId = tenantKeys && (await tenantKeys.tenantOfKey(keyIdOf(sealed)));
      const keys = tenantId === undefined ? envelope : await tenantKeys?.forPayloads(tenantId);
      return PayloadMessage.decode((keys ?? envelope).open(sealed, placeOf(tenantId)));
    } catch (error) {
      if (unreadable === 'is nothing' && !isPassing(error)) return nothing();
      throw error instanceof CodedError ? error : new CodedError('CONTENT_UNREADABLE', { cause: error });
    }
  };
  return {
    async encode(payloads, context) {
      const tenantId = tenantKeys && tenantOf(context);
      const keys = tenantId === undefined ? envelope : await tenantKeys?.forPayloads(tenantId);
      return payloads.map((payload) => ({
        metadata: { encoding: Buffer.from(encrypted) },
        data: (keys ?? envelope).seal(PayloadMessage.encode(payload).finish(), placeOf(tenantId)),
      }));
    },
    decode: (payloads) =>
      Promise.all(
        payloads.map(async (payload) =>
          isEncrypted(payload) ? open(payload.data ?? new Uint8Array()) : nothing(),
        ),
      ),
  };
}

/**
 * Workflows that create and delete a tenant outlive its keys, so their payloads are sealed under the installation's.
 */
function tenantOf(context: SerializationContext | undefined): string | undefined {
  const workflowId = context?.workflowId ?? '';
  const tenantId = tenantOfWorkflowId(workflowId);
  return tenantId === installationTenant || workflowId.startsWith('tenant:') ? undefined : tenantId;
}

function placeOf(tenantId: string | undefined): string {
  return tenantId === undefined ? additionalData : `${tenantId}|${additionalData}`;
}

function isPassing(error: unknown): boolean {
  return error instanceof CodedError && error.code === 'DATABASE_UNAVAILABLE';
}
