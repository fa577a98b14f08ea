/** The answer of a model is text: anything larger is not one. */
const maxBytes = 4_194_304;

/**
 * `fetch` that follows no redirect, so that a prompt goes only where the configuration says, and gives up on an answer
 * that is too long.
 */
export const boundedFetch: typeof fetch = async (input, init) => {
  const response = await fetch(input, { ...init, redirect: 'error' });
  const { body, headers, status, statusText } = response;
  if (body === null) return response;
  let received = 0;
  const counted = body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        received += chunk.byteLength;
        if (received > maxBytes) controller.error(new Error('the answer is too long'));
        else controller.enqueue(chunk);
      },
    }),
  );
  return new Response(counted, { headers, status, statusText });
};
