import type { CustomFetch } from 'openid-client';
import { hasDuplicateNames } from '#domain/json/parse-json.ts';
import { oddAnswer } from './meaning.ts';

/** More than any answer of a provider has. */
const largestAnswer = 1_048_576;

/** Statuses with which there is no body. */
const withoutBody = [204, 205, 304];

/**
 * `fetch` for all calls of the identity provider. Throws for an answer without end, and for JSON that two readers could
 * read differently: a claim that is given twice is no statement.
 */
export const fetchPlainly: CustomFetch = async (url, options) => {
  const { body, method, headers: said, redirect, signal = null } = options;
  // The library sends forms, or nothing.
  const form = body instanceof URLSearchParams || typeof body === 'string' ? body : null;
  const answer = await fetch(url, { method, headers: said, redirect, signal, body: form });
  const text = await textOf(answer);
  if (isJson(text) && hasDuplicateNames(text)) throw oddAnswer('a member twice');
  const { status, statusText, headers } = answer;
  return new Response(withoutBody.includes(status) ? null : text, { status, statusText, headers });
};

async function textOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > largestAnswer) throw oddAnswer(`more than ${largestAnswer} bytes`);
    chunks.push(chunk);
  }
  // Without a byte order mark, which whoever parses it would pass over.
  return new TextDecoder().decode(Buffer.concat(chunks));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
