import type { ErrorCode } from '#domain/error.ts';

const text = (value: unknown) => JSON.stringify({ text: value });

const inText = (...bytes: number[]) =>
  Buffer.concat([Buffer.from('{"text":"'), Buffer.from(bytes), Buffer.from('"}')]);

const action = (name: string, input: object) => JSON.stringify({ actions: [{ action: name, input }] });

const comment = (input: object) =>
  action('github_issue_comment', { repository: 'acme/website', issue_number: 7, body: 'a', ...input });

/** Bodies of `POST /api/v1/requests` that are refused, each with its status and code. */
export const brokenBodies: [what: string, body: string | Buffer, status: number, error: ErrorCode][] = [
  ['empty text', text(''), 400, 'INVALID_REQUEST'],
  ['blank text', text(' \n\t '), 400, 'INVALID_REQUEST'],
  ['a megabyte of text', text('x'.repeat(1_048_576)), 413, 'PAYLOAD_TOO_LARGE'],
  ['a text that is too long', text('x'.repeat(65_537)), 400, 'INVALID_REQUEST'],
  ['a number for a text', text(7), 400, 'INVALID_REQUEST'],
  ['a list for a text', text(['a']), 400, 'INVALID_REQUEST'],
  ['an unknown field', '{"text":"a","urgent":true}', 400, 'INVALID_REQUEST'],
  ['no field', '{}', 400, 'INVALID_REQUEST'],
  ['nothing', '', 400, 'INVALID_REQUEST'],
  ['null', 'null', 400, 'INVALID_REQUEST'],
  ['a bare text', '"list the open issues of acme/website"', 400, 'INVALID_REQUEST'],
  ['JSON that breaks off', '{"text":"a"', 400, 'INVALID_REQUEST'],
  ['two documents', '{"text":"a"}{"text":"b"}', 400, 'INVALID_REQUEST'],
  ['a prototype', '{"text":"a","__proto__":{"role":"enterprise_admin"}}', 400, 'INVALID_REQUEST'],
  ['nesting without end', `{"text":${'['.repeat(60_000)}`, 400, 'INVALID_REQUEST'],
  ['deep objects', `${'{"text":'.repeat(500)}1${'}'.repeat(500)}`, 400, 'INVALID_REQUEST'],
  ['a stray byte', inText(0xff), 400, 'INVALID_TEXT'],
  ['an overlong form', inText(0xc0, 0xaf), 400, 'INVALID_TEXT'],
  ['a surrogate in UTF-8', inText(0xed, 0xa0, 0x80), 400, 'INVALID_TEXT'],
  ['UTF-16', Buffer.from('\ufeff{"text":"a"}', 'utf16le'), 400, 'INVALID_TEXT'],
  ['a lone surrogate', '{"text":"a\\ud800b"}', 400, 'INVALID_TEXT'],
  ['surrogates the wrong way round', '{"text":"\\udc00\\ud800"}', 400, 'INVALID_TEXT'],
  ['NUL', '{"text":"a\\u0000b"}', 400, 'INVALID_TEXT'],
  ['NUL in an action', comment({ body: 'a\u0000' }), 400, 'INVALID_TEXT'],
  ['an unknown action', action('format_disk', {}), 400, 'INVALID_REQUEST'],
  ['an action with a field too many', comment({ as: 'root' }), 400, 'INVALID_REQUEST'],
  ['an action on a path', comment({ repository: '../../user' }), 400, 'INVALID_REQUEST'],
  ['a text for a number', comment({ issue_number: '7' }), 400, 'INVALID_REQUEST'],
  ['a number beyond all issues', comment({ issue_number: 2 ** 53 }), 400, 'INVALID_REQUEST'],
];
