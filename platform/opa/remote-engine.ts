import type { PolicyEngine } from './engine.ts';

interface RemoteEngineOptions {
  /** Address of the OPA, `OPA_SIDECAR_URL`. It must have our Rego; the merged policy is sent with each question. */
  url: string;
  /** Limit of one question, connection and body included, in milliseconds. */
  timeoutMs: number;
  /** Largest question in bytes of JSON. */
  maxInputBytes?: number;
  /** Largest answer in bytes; reading stops there. */
  maxAnswerBytes?: number;
}

/**
 * Asks an OPA over HTTP (`POST /v1/data/<entry point>`). Throws for every answer except a 200 with one object as its
 * result, and the caller then denies.
 */
export function createRemoteEngine(options: RemoteEngineOptions): PolicyEngine {
  const { url, timeoutMs, maxInputBytes = 1_048_576, maxAnswerBytes = 262_144 } = options;
  const root = `${url.replace(/\/+$/, '')}/v1/data/`;
  return {
    load: async (data) => ({
      async evaluate(entrypoint, input) {
        const body = JSON.stringify({ input: { ...input, ...data } });
        const bytes = Buffer.byteLength(body);
        if (bytes > maxInputBytes)
          throw new RangeError(`policy input of ${bytes} bytes, at most ${maxInputBytes} are sent`);
        // Without this parameter, OPA treats a failed built-in as undefined, and a rule might not fire.
        const answer = await fetch(`${root}${entrypoint}?strict-builtin-errors=true`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body,
          redirect: 'error',
          signal: AbortSignal.timeout(timeoutMs),
        });
        if (answer.status !== 200) {
          await answer.body?.cancel();
          throw new Error(`the policy engine answered ${answer.status}`);
        }
        return resultOf(JSON.parse(await textOf(answer, maxAnswerBytes)));
      },
    }),
  };
}

async function textOf({ body }: Response, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new RangeError(`the policy engine answered more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** OPA leaves `result` out where a rule is undefined. */
function resultOf(answer: unknown): object {
  const result =
    typeof answer === 'object' && answer !== null && 'result' in answer ? answer.result : undefined;
  if (typeof result !== 'object' || result === null || Array.isArray(result))
    throw new Error('the policy engine answered without an object as its result');
  return result;
}
