import type { FastifyInstance, FastifyRequest } from 'fastify';
import { CodedError } from '#domain/error.ts';
import { AmbiguousJson, parseJson } from '#domain/json/parse-json.ts';
import { badTextAt } from './bad-text.ts';

/** Deeper nesting than anything we accept; keeps recursive code further in from overflowing the stack. */
const depthMax = 32;

/**
 * Accepts JSON in strict UTF-8 only. Other bytes, and NUL and lone surrogates anywhere, are `INVALID_TEXT`;
 * `__proto__`, broken and absurdly deep JSON are `INVALID_REQUEST`, and so is JSON that two readers could understand
 * differently.
 */
export function acceptJsonOnly(app: FastifyInstance): void {
  const parseText = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, bytes, done) => {
    try {
      const text = decode(typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
      refuseDeep(text);
      refuseAmbiguous(text);
      parse(parseText, request, text, done);
    } catch (error) {
      done(error instanceof Error ? error : new CodedError('INVALID_REQUEST', { cause: error }));
    }
  });
}

const formBytesMax = 16_384;

/** Forms are accepted only by the few routes that say so: another site's page could send one. */
export function acceptForms(app: FastifyInstance): void {
  const options = { parseAs: 'buffer', bodyLimit: formBytesMax } as const;
  app.addContentTypeParser<Buffer>('application/x-www-form-urlencoded', options, (request, bytes, done) => {
    const { form } = request.routeOptions.config;
    if (form === undefined) {
      done(new CodedError('UNSUPPORTED_MEDIA_TYPE'));
      return;
    }
    try {
      const fields = new URLSearchParams(decode(bytes));
      if (form.some((name) => fields.getAll(name).length > 1)) throw new CodedError('INVALID_REQUEST');
      const body = Object.fromEntries([...fields].filter(([name]) => form.includes(name)));
      const place = badTextAt(body);
      if (place !== undefined) throw new CodedError('INVALID_TEXT', { detail: [{ field: place }] });
      done(null, body);
    } catch (error) {
      done(error instanceof Error ? error : new CodedError('INVALID_REQUEST', { cause: error }));
    }
  });
}

type JsonParser = ReturnType<FastifyInstance['getDefaultJsonParser']>;

function parse(parseText: JsonParser, request: FastifyRequest, text: string, done: Done): void {
  void parseText(request, text, (error: Error | null, body?: unknown) => {
    if (error !== null) {
      done(
        new CodedError('INVALID_REQUEST', { message: 'The body is not JSON that we take.', cause: error }),
      );
      return;
    }
    const place = badTextAt(body);
    done(place === undefined ? null : new CodedError('INVALID_TEXT', { detail: [{ field: place }] }), body);
  });
}

type Done = (error: Error | null, body?: unknown) => void;

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new CodedError('INVALID_TEXT', { message: 'The body is not valid UTF-8.', cause });
  }
}

/** A member given twice, or a number that would become another one: what was checked must be what is done. */
function refuseAmbiguous(text: string): void {
  try {
    parseJson(text);
  } catch (error) {
    // Broken JSON is told by the parser that follows.
    if (error instanceof SyntaxError) return;
    if (!(error instanceof AmbiguousJson)) throw new CodedError('INVALID_REQUEST', { cause: error });
    throw new CodedError('INVALID_REQUEST', {
      message: 'The body can be read in more than one way.',
      detail: [{ field: error.field, problem: error.message }],
    });
  }
}

/** Counts brackets outside of strings; cheaper and safer than parsing first. */
function refuseDeep(text: string): void {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (quoted) {
      if (character === '\\') at += 1;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    if (depth > depthMax)
      throw new CodedError('INVALID_REQUEST', { message: 'The body is nested too deeply.' });
  }
}
