import type { Effect } from '#domain/action/action.ts';
import { ProviderError } from '#domain/error.ts';
import { errorOfConnection, errorOfUnreadable, unlessRead } from './errors.ts';
import { watchFirstByte } from './first-byte.ts';

interface Limits {
  /** Limit of the whole call, body included, in milliseconds. */
  timeoutMs: number;
  maxAnswerBytes: number;
}

/**
 * A fetch that always ends: one deadline for connection, headers and body, and a limit on the size of the body. It
 * follows no redirect, not even for a read: policy decided about the repository that was named, not about where the
 * answer points. Throws `ProviderError`.
 */
export function createBoundedFetch({ timeoutMs, maxAnswerBytes }: Limits): typeof fetch {
  return async (address, init) => {
    const effect: Effect = (init?.method ?? 'GET') === 'GET' ? 'read' : 'write';
    const deadline = AbortSignal.timeout(timeoutMs);
    const signal = init?.signal ? AbortSignal.any([init.signal, deadline]) : deadline;
    if (signal.aborted) throw new ProviderError('api_unreachable', 'no', { cause: signal.reason });

    const call = watchFirstByte(() => fetch(address, { ...init, signal, redirect: 'manual' }));
    const answer = await call.answer.catch((error: unknown) => {
      throw errorOfConnection(error, call.surelyNotSent() ? 'no' : unlessRead(effect));
    });
    if (answer.status >= 300 && answer.status < 400) {
      await answer.body?.cancel();
      throw new ProviderError('target_not_found', 'no', {
        message: 'The provider says that this has moved. Use its new name.',
      });
    }
    const bytes = await readCapped(answer, maxAnswerBytes, effect);
    // A 204 must have no body at all.
    return new Response(bytes.byteLength === 0 ? null : bytes, {
      status: answer.status,
      statusText: answer.statusText,
      headers: answer.headers,
    });
  };
}

async function readCapped(
  answer: Response,
  maxBytes: number,
  effect: Effect,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of answer.body ?? []) {
      size += chunk.byteLength;
      if (size > maxBytes) break;
      chunks.push(chunk);
    }
  } catch (error) {
    throw errorOfConnection(error, unlessRead(effect));
  }
  if (size > maxBytes) throw errorOfUnreadable(effect, new RangeError(`more than ${maxBytes} bytes`));
  return new Uint8Array(Buffer.concat(chunks));
}
