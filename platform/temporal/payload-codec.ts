import type { Payload, PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';
import { CodedError } from '#domain/error.ts';
import { tenantOfWorkflowId } from '#domain/ids.ts';
import { installationTenant } from '#domain/tenant/tenant.ts';
import { type Envelope, keyIdOf } from '#platform/crypto/envelope.ts';
import { type Place, placeIn, statedPlace } from './payload-place.ts';

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

/** May a payload from before payloads were bound still stand in this workflow? */
export type Unbound = (workflowId: string) => Promise<boolean>;

export interface CodecOptions {
  /** Payloads of one namespace mean nothing in another. */
  namespace: string;
  /** Without them, every payload is sealed under the installation's key. */
  tenantKeys?: PayloadKeys | undefined;
  /** Without it, no workflow may hold one. */
  unbound?: Unbound | undefined;
}

/**
 * Encrypts every payload of every history (AES-256-GCM): under the key of the tenant that the workflow's id names, else
 * under the installation's (ADR 0014); the key id says which. Each is bound to its place (payload-place.ts) and opens in no
 * other (ADR 0026). Plaintext from outside never reaches workflow code: it decodes to nothing, which every validator
 * refuses, and so does a payload from elsewhere. (Throwing would fail the workflow task, so a stranger's message could
 * block a healthy workflow; the same is true of bytes that only pretend to be encrypted.) A payload that can't be opened
 * right now, because the keys can't be reached, throws: Temporal tries again.
 */
export function createPayloadCodec(envelope: Envelope, options: CodecOptions): PayloadCodec {
  const { open, seal } = createSealing(envelope, options);
  const { unbound = async () => false } = options;
  const openAt = async (payload: Payload, place: Place | undefined): Promise<Payload> => {
    if (!isEncrypted(payload) || place === undefined) return nothing();
    const claimed = statedPlace(payload);
    try {
      if (claimed !== undefined) return claimed === place.text ? await open(payload, claimed) : nothing();
      return (await unbound(place.workflowId)) ? await open(payload, undefined) : nothing();
    } catch (error) {
      if (isPassing(error)) throw error;
      return nothing();
    }
  };
  return {
    encode: (payloads, context) =>
      Promise.all(
        payloads.map(async (payload, index) => {
          const place = placeIn(context, { index, of: payloads.length });
          // Nothing of ours is sent from nowhere: what a new path of the SDK doesn't name would be open to be moved.
          if (place === undefined) throw new CodedError('INTERNAL', { message: 'a payload without a place' });
          return seal(payload, place);
        }),
      ),
    decode: (payloads, context) =>
      Promise.all(
        payloads.map((payload, index) => openAt(payload, placeIn(context, { index, of: payloads.length }))),
      ),
  };
}

/** Opens payloads for people to read, who are not told where they lie; throws `CONTENT_UNREADABLE`. */
export type OpenPayload = (payload: Payload) => Promise<Payload>;

export function createOpenPayload(
  envelope: Envelope,
  options: Pick<CodecOptions, 'namespace' | 'tenantKeys'>,
): OpenPayload {
  const { open } = createSealing(envelope, options);
  return async (payload) => {
    if (!isEncrypted(payload)) return nothing();
    try {
      return await open(payload, statedPlace(payload));
    } catch (cause) {
      throw cause instanceof CodedError ? cause : new CodedError('CONTENT_UNREADABLE', { cause });
    }
  };
}

function createSealing(
  envelope: Envelope,
  { namespace, tenantKeys }: Pick<CodecOptions, 'namespace' | 'tenantKeys'>,
) {
  /** `place`: as the payload states it; `undefined` for one from before they were bound. */
  const dataOf = (tenantId: string | undefined, place: string | undefined) => {
    if (place !== undefined) return JSON.stringify([additionalData, 2, tenantId ?? null, namespace, place]);
    return tenantId === undefined ? additionalData : `${tenantId}|${additionalData}`;
  };
  return {
    async seal(payload: Payload, place: Place): Promise<Payload> {
      const tenantId = tenantKeys && tenantOf(place);
      const keys = tenantId === undefined ? envelope : await tenantKeys?.forPayloads(tenantId);
      return {
        metadata: { encoding: Buffer.from(encrypted), place: Buffer.from(place.text) },
        data: (keys ?? envelope).seal(PayloadMessage.encode(payload).finish(), dataOf(tenantId, place.text)),
      };
    },
    async open({ data }: Payload, place: string | undefined): Promise<Payload> {
      const sealed = data ?? new Uint8Array();
      const tenantId = tenantKeys && (await tenantKeys.tenantOfKey(keyIdOf(sealed)));
      const keys = tenantId === undefined ? envelope : await tenantKeys?.forPayloads(tenantId);
      return PayloadMessage.decode((keys ?? envelope).open(sealed, dataOf(tenantId, place)));
    },
  };
}

/**
 * Workflows that create and delete a tenant outlive its keys, so their payloads are sealed under the installation's.
 */
function tenantOf({ workflowId }: Place): string | undefined {
  const tenantId = tenantOfWorkflowId(workflowId);
  return tenantId === installationTenant || workflowId.startsWith('tenant:') ? undefined : tenantId;
}

function isPassing(error: unknown): boolean {
  return error instanceof CodedError && error.code === 'DATABASE_UNAVAILABLE';
}
