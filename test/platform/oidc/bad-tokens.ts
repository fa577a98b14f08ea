import { createHmac } from 'node:crypto';
import { exportSPKI, type JWTPayload } from 'jose';
import { type SigningKey, signToken } from '../../support/fake-provider.ts';

/** What the table below makes its tokens from. */
export interface Forge {
  /** The provider's own keys. */
  rsa: SigningKey;
  ec: SigningKey;
  /** A stranger's key under the provider's key id. */
  stranger: SigningKey;
  /** Claims of a token that would be taken. */
  good: JWTPayload;
  /** Seconds since the epoch. */
  now: number;
}

type Make = (forge: Forge) => string | Promise<string>;

const encode = (text: string) => Buffer.from(text).toString('base64url');
const part = (value: unknown) => encode(JSON.stringify(value));

/** Signed rightly, over exactly these texts: what a careless provider, or one with an odd serializer, would send. */
async function signedText({ rsa }: Forge, header: string, claims: string): Promise<string> {
  const input = `${encode(header)}.${encode(claims)}`;
  const signature = await crypto.subtle.sign('RSASSA-PKCS1-v1_5', rsa.privateKey, Buffer.from(input));
  return `${input}.${Buffer.from(signature).toString('base64url')}`;
}

const headerText = ({ rsa }: Forge, more = '') =>
  `{"alg":"RS256","kid":"${rsa.kid}","typ":"at+jwt"${more === '' ? '' : `,${more}`}}`;

const hmac = (hash: string, secret: string, header: unknown, claims: unknown) => {
  const input = `${part(header)}.${part(claims)}`;
  return `${input}.${createHmac(hash, secret).update(input).digest('base64url')}`;
};

const byStranger =
  (header: Record<string, unknown>): Make =>
  ({ stranger, good }) =>
    signToken(stranger, good, header);

const withClaims =
  (changes: JWTPayload): Make =>
  ({ rsa, good }) =>
    signToken(rsa, { ...good, ...changes });

/** Every published way to make a token that must not be taken: RFC 8725, RFC 7515 §10, CVEs of JWT libraries. */
export const badTokens: Readonly<Record<string, Make>> = {
  'alg none (CVE-2015-9235)': ({ good }) => `${part({ alg: 'none', typ: 'at+jwt' })}.${part(good)}.`,
  'alg NONE in capitals (CVE-2020-28042)': ({ good }) => `${part({ alg: 'NONE' })}.${part(good)}.`,
  'alg none with a signature': ({ good }) => `${part({ alg: 'none' })}.${part(good)}.AAAA`,
  'no alg at all': ({ good, rsa }) => `${part({ kid: rsa.kid, typ: 'at+jwt' })}.${part(good)}.AAAA`,
  'alg that is no text': ({ good, rsa }) => `${part({ alg: ['RS256'], kid: rsa.kid })}.${part(good)}.AAAA`,
  'HS256 with the public key as secret (CVE-2016-10555)': async ({ rsa, good }) =>
    hmac('sha256', await exportSPKI(rsa.publicKey), { alg: 'HS256', kid: rsa.kid, typ: 'at+jwt' }, good),
  'HS256 with the public key as secret, line end cut': async ({ rsa, good }) =>
    hmac('sha256', (await exportSPKI(rsa.publicKey)).trim(), { alg: 'HS256', kid: rsa.kid }, good),
  'HS256 with the modulus as secret': ({ rsa, good }) =>
    hmac('sha256', String(rsa.jwk.n), { alg: 'HS256', kid: rsa.kid, typ: 'at+jwt' }, good),
  'HS256 with an empty secret': ({ rsa, good }) => hmac('sha256', '', { alg: 'HS256', kid: rsa.kid }, good),
  'ES256 with a signature of zeros (CVE-2022-21449)': ({ ec, good }) =>
    `${part({ alg: 'ES256', kid: ec.kid, typ: 'at+jwt' })}.${part(good)}.${Buffer.alloc(64).toString('base64url')}`,
  'ES256 with a DER signature': async ({ ec, good }) => {
    const [header, claims, raw = ''] = (await signToken(ec, good)).split('.');
    const bytes = Buffer.from(raw, 'base64url');
    const der = Buffer.concat([
      Buffer.from([0x30, 0x44, 0x02, 0x20]),
      bytes.subarray(0, 32),
      Buffer.from([2, 32]),
      bytes.subarray(32),
    ]);
    return `${header}.${claims}.${der.toString('base64url')}`;
  },
  'the algorithm of another key': ({ ec, good }) => signToken(ec, good, { kid: 'rsa-1' }),
  'a stranger’s key under a known id': byStranger({}),
  'the key in the token itself (CVE-2018-0114)': ({ stranger, good }) =>
    signToken(stranger, good, { jwk: stranger.jwk }),
  'the key in the token itself, under an id of its own': ({ stranger, good }) =>
    signToken(stranger, good, { jwk: stranger.jwk, kid: 'mine' }),
  'jku to elsewhere': byStranger({ jku: 'https://evil.test/jwks.json' }),
  'jku that looks like ours': byStranger({ jku: 'http://127.0.0.1@evil.test/jwks' }),
  'x5u to elsewhere': byStranger({ x5u: 'https://evil.test/cert.pem' }),
  'x5c of its own': byStranger({ x5c: ['MIIBszCCAVmgAwIBAgIUB'] }),
  'kid that is a path': byStranger({ kid: '../../../../dev/null' }),
  'kid that is SQL': byStranger({ kid: "x' UNION SELECT 'secret" }),
  'kid that is a command': byStranger({ kid: '|/usr/bin/id' }),
  'kid that is an address': byStranger({ kid: 'https://evil.test/key' }),
  'kid of an inherited property': byStranger({ kid: '__proto__' }),
  'kid that is empty': byStranger({ kid: '' }),
  'kid that is no text': ({ good }) =>
    `${part({ alg: 'RS256', kid: { $ne: null }, typ: 'at+jwt' })}.${part(good)}.AAAA`,
  'crit with a header that nobody knows': (forge) =>
    signedText(forge, headerText(forge, '"crit":["exp2"],"exp2":1'), JSON.stringify(forge.good)),
  'crit that is empty': (forge) =>
    signedText(forge, headerText(forge, '"crit":[]'), JSON.stringify(forge.good)),
  'crit that names what is not there': (forge) =>
    signedText(forge, headerText(forge, '"crit":["b64"]'), JSON.stringify(forge.good)),
  'unencoded payload (b64 false)': (forge) =>
    signedText(forge, headerText(forge, '"crit":["b64"],"b64":false'), JSON.stringify(forge.good)),
  'a claim named twice': (forge) =>
    signedText(forge, headerText(forge), JSON.stringify(forge.good).replace('{', '{"sub":"acme-admin",')),
  'a claim named twice, once escaped': (forge) =>
    signedText(
      forge,
      headerText(forge),
      JSON.stringify(forge.good).replace('{', '{"t\\u0065nant":"globex",'),
    ),
  'a header named twice': (forge) =>
    signedText(forge, headerText(forge, '"typ":"at+jwt"'), JSON.stringify(forge.good)),
  'a claim within a claim named twice': (forge) =>
    signedText(forge, headerText(forge), JSON.stringify(forge.good).replace(/}$/, ',"cnf":{"a":1,"a":2}}')),
  'claims that are a list': (forge) => signedText(forge, headerText(forge), '[1]'),
  'claims that are null': (forge) => signedText(forge, headerText(forge), 'null'),
  'claims that are no JSON': (forge) => signedText(forge, headerText(forge), '{sub:1}'),
  'over and done': (forge) => withClaims({ exp: forge.now - 31, iat: forge.now - 900 })(forge),
  'without an end': ({ rsa, good: { exp: _exp, ...good } }) => signToken(rsa, good),
  'an end that is text': ({ rsa, good }) =>
    signToken(rsa, { ...good, exp: '9999999999' as unknown as number }),
  'an end that is no number': (forge) =>
    signedText(forge, headerText(forge), JSON.stringify({ ...forge.good, exp: 'x' }).replace('"x"', '1e999')),
  'not yet': (forge) => withClaims({ nbf: forge.now + 31 })(forge),
  'made in the future': (forge) => withClaims({ iat: forge.now + 31 })(forge),
  'for somebody else': withClaims({ aud: 'payroll' }),
  'for a list without us': withClaims({ aud: ['payroll', 'openclaw2'] }),
  'for nobody': withClaims({ aud: [] }),
  'of another issuer': withClaims({ iss: 'https://evil.test' }),
  'of a look-alike issuer': (forge) => withClaims({ iss: `${forge.good.iss}/` })(forge),
  'asked for by another client': withClaims({ azp: 'payroll-web' }),
  'asked for by two clients': withClaims({ azp: ['openclaw-web', 'payroll'] }),
  'client_id of another client': withClaims({ client_id: 'payroll-web' }),
  'an identity token': ({ rsa, good }) =>
    signToken(rsa, { ...good, nonce: 'n', at_hash: 'x' }, { typ: 'JWT' }),
  'a logout token': ({ rsa, good }) => signToken(rsa, { ...good, events: {} }, { typ: 'logout+jwt' }),
  'a proof of possession': ({ rsa, good }) => signToken(rsa, good, { typ: 'dpop+jwt' }),
  'no subject': ({ rsa, good: { sub: _sub, ...good } }) => signToken(rsa, good),
  'an empty subject': withClaims({ sub: '' }),
  'a subject with a line break': withClaims({ sub: 'acme-user\nacme-admin' }),
  'a huge header': ({ rsa, good }) => signToken(rsa, good, { pad: 'x'.repeat(2_000) }),
  'a huge body': withClaims({ pad: 'x'.repeat(20_000) }),
  'claims changed after signing': async ({ rsa, good }) => {
    const [header, , signature] = (await signToken(rsa, good)).split('.');
    return `${header}.${part({ ...good, sub: 'acme-admin' })}.${signature}`;
  },
  'a cut signature': async ({ rsa, good }) => (await signToken(rsa, good)).slice(0, -4),
  'an empty signature': async ({ rsa, good }) => (await signToken(rsa, good)).replace(/[^.]+$/, ''),
  'the flattened JSON form (RFC 7515 §7.2.2)': async ({ rsa, good }) => {
    const [header, payload, signature] = (await signToken(rsa, good)).split('.');
    return JSON.stringify({ protected: header, payload, signature });
  },
  'an encrypted token’s five parts': ({ good }) =>
    `${part({ alg: 'RSA-OAEP', enc: 'A256GCM' })}.AAAA.AAAA.${part(good)}.AAAA`,
  'a token within a token': async ({ rsa, good }) =>
    `${part({ alg: 'RS256', kid: rsa.kid, cty: 'JWT' })}.${encode(await signToken(rsa, good))}.AAAA`,
  'padding in base64url': async ({ rsa, good }) => `${await signToken(rsa, good)}==`,
  'white space within': async ({ rsa, good }) => (await signToken(rsa, good)).replace('.', ' .'),
  nothing: () => '',
  'two dots': () => '..',
};
