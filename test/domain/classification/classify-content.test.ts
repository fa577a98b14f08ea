import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifications, isAbove } from '#domain/classification/classification.ts';
import { findInContent, raisedByContent } from '#domain/classification/classify-content.ts';

const reasonsIn = (content: unknown) => findInContent(content).map(({ reason }) => reason);

/** Assembled here, so that no scanner takes this file for a leak. */
const shaped = (...parts: string[]) => parts.join('');

describe('payment cards', () => {
  it.each([
    '4111111111111111',
    '4111 1111 1111 1111',
    'card 5555-5555-5555-4444, exp 12/29',
    '2221000000000009',
    '378282246310005',
    '3782 822463 10005',
    '6011111111111117',
    '3530111333300000',
    '30569309025904',
    '6212345678901265',
  ])('are found: %s', (text) => {
    expect(reasonsIn(text)).toEqual(['payment_card']);
  });

  it.each([
    ['one digit off', '4111111111111112'],
    ['an order number of another prefix', 'order 1000000000000008'],
    ['a digest in hex', `sha256 ${'4111111111111111'.repeat(4)}`],
    ['a hex digest with letters', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['a UUID', '41111111-1111-1111-1111-111111111111'],
    ['zeros', '0000000000000000'],
    ['a moment in milliseconds', '4111111111116'],
    ['a decimal fraction', '0.4111111111111111'],
    ['a longer run of digits', '411111111111111100000000'],
    ['a version within a name', 'build-4111111111111111-x64'],
    ['mixed separators', '4111 1111-1111 1111'],
  ])('are not seen in %s', (_what, text) => {
    expect(reasonsIn(text)).toEqual([]);
  });
});

describe('IBANs', () => {
  it.each([
    'DE89370400440532013000',
    'DE89 3704 0044 0532 0130 00',
    'GB82 WEST 1234 5698 7654 32',
    'NO9386011117947',
  ])('are found: %s', (text) => {
    expect(reasonsIn(`pay to ${text}, please`)).toEqual(['iban']);
  });

  it.each([
    ['a wrong check digit', 'DE88370400440532013000'],
    ['a wrong length', 'DE8937040044053201300'],
    ['a part number', 'AB12CDEF3456GHIJ7890'],
  ])('are not seen in %s', (_what, text) => {
    expect(reasonsIn(text)).toEqual([]);
  });
});

describe('national ids', () => {
  it.each([
    ['Spanish DNI', '12345678Z'],
    ['Spanish NIE', 'X1234567L'],
    ['Italian codice fiscale', 'RSSMRA85T10A562S'],
    ['French NIR', '2 55 08 14 168 025 38'],
    ['Brazilian CPF', '529.982.247-25'],
    ['NHS number', 'NHS number: 943 476 5919'],
    ['Dutch BSN', 'BSN 111222333'],
    ['US social security number', 'SSN: 219-09-9999'],
  ])('are found: %s', (_what, text) => {
    expect(reasonsIn(text)).toEqual(['national_id']);
  });

  it.each([
    ['a DNI with the wrong letter', '12345678A'],
    ['a CPF with a wrong digit', '529.982.247-26'],
    ['a codice fiscale with a wrong letter', 'RSSMRA85T10A562T'],
    ['a BSN with a wrong digit', 'BSN 111222334'],
    ['nine digits that nobody calls a BSN', 'invoice 111222333'],
    ['a phone number', '219-09-9999'],
  ])('are not seen in %s', (_what, text) => {
    expect(reasonsIn(text)).toEqual([]);
  });
});

describe('credentials', () => {
  it.each([
    ['AWS key', shaped('AKIA', 'IOSFODNN7EXAMPLE')],
    ['GitHub token', shaped('ghp_', 'a1B2c3D4e5F6g7H8i9J0a1B2c3D4e5F6g7H8')],
    ['fine-grained GitHub token', shaped('github_pat_', 'A'.repeat(22), '_', 'b'.repeat(59))],
    ['Slack token', shaped('xoxb', '-123456789012-abcdefghijkl')],
    ['PEM key', shaped('-----BEGIN RSA ', 'PRIVATE KEY-----\nMIIE…')],
    [
      'JWT',
      shaped('eyJhbGciOiJIUzI1NiJ9', '.eyJzdWIiOiIxMjM0NTY3ODkwIn0', '.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P'),
    ],
    ['bearer header', shaped('Authorization: ', 'Bearer abcdefghijklmnop1234')],
    [
      'JWT behind a hyphen',
      shaped('x-eyJhbGciOiJIUzI1NiJ9', '.eyJzdWIiOiIxMjM0NTY3ODkwIn0', '.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P'),
    ],
    ['password in an address', shaped('postgres://app:', 's3cretpass@db.example/app')],
  ])('are found: %s', (_what, text) => {
    expect(findInContent({ body: text })).toMatchObject([
      { reason: 'credential', classification: 'restricted' },
    ]);
  });

  it.each([
    ['a commit', '3b18e512dba79e4c8300dd08aeb37f8e728b8dad'],
    ['a digest', 'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
    ['a UUID', '7c9e6679-7425-40de-944b-e07fc1f90ae7'],
    ['our own ids', 'req_01JD3Z5W7M8N9P0Q1R2S3T4V5W aud_01JD3Z5W7M8N9P0Q1R2S3T4V5Y'],
    ['an address with a port', 'https://example.com:8443/a@b'],
    ['a public key', '-----BEGIN PUBLIC KEY-----'],
    ['talk about tokens', 'The token has expired, ask for a new Bearer token'],
    ['base64 text', 'TWFuIGlzIGRpc3Rpbmd1aXNoZWQsIG5vdCBvbmx5IGJ5IGhpcyByZWFzb24='],
  ])('are not seen in %s', (_what, text) => {
    expect(reasonsIn(text)).toEqual([]);
  });
});

describe('words', () => {
  it.each([
    ['health', 'Anna is on sick leave until Monday'],
    ['health', 'he was diagnosed with diabetes'],
    ['pay', 'Her salary goes up in May'],
    ['pay', 'The payslips of March'],
  ])('%s: %s', (reason, text) => {
    expect(findInContent(text)).toMatchObject([{ reason, classification: 'confidential' }]);
  });

  it.each([
    'The health check of /healthz fails',
    'Be patient, the retry comes',
    'Pay attention to the payload',
    'A diagnosis of the outage',
    'Prescriptive guidance, surgical refactoring',
  ])('are not seen in: %s', (text) => {
    expect(reasonsIn(text)).toEqual([]);
  });
});

describe('what content makes of a label', () => {
  const label = fc.constantFrom(...classifications);

  it('is never lower than the label, whatever the content', () => {
    fc.assert(
      fc.property(
        label,
        fc.jsonValue(),
        (given, content) => !isAbove(given, raisedByContent(given, content)),
      ),
    );
  });

  it('is restricted with a card, wherever in the content it stands', () => {
    fc.assert(
      fc.property(
        label,
        fc.array(fc.string().map((text) => text.replaceAll(/[\w.+-]/g, ' '))),
        (given, texts) => {
          const content = { items: [...texts.map((title) => ({ title })), { '4111111111111111': true }] };
          expect(raisedByContent(given, content)).toBe('restricted');
        },
      ),
    );
  });

  it('tells reasons and never the text', () => {
    const found = JSON.stringify(findInContent({ note: 'card 4111111111111111 of Jane' }));
    expect(found).not.toMatch(/4111|Jane/);
  });

  it('is restricted unread when it is longer than anybody looks through', () => {
    expect(findInContent(['a'.repeat(3_999_999)])).toEqual([]);
    expect(findInContent(['a'.repeat(2_000_000), 'b'.repeat(2_000_000)])).toEqual([
      { reason: 'too_long', classification: 'restricted', confidence: 0.5 },
    ]);
  });

  it('is found quickly in long and hostile text', () => {
    const hostile = [
      '-eyJaaaaaaaaa'.repeat(15_000),
      '.eyJaaaaaaaaa'.repeat(15_000),
      '4111 '.repeat(20_000),
      `a://${'b:'.repeat(30_000)}`,
      'eyJ'.repeat(30_000),
      'A'.repeat(100_000),
    ];
    for (const text of hostile) expect(findInContent(text)).toEqual([]);
  });
});
