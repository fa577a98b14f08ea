import { checkPrimeSync, generateKeyPairSync, generatePrimeSync, randomBytes } from 'node:crypto';
import type { JWK } from 'jose';

/** A key of a set, and what is said of it; `undefined`: it is used. */
export interface KeyCell {
  name: string;
  jwk: Record<string, unknown>;
  why: string | undefined;
}

const big = (bits: number) =>
  BigInt(`0x${randomBytes(bits / 8).toString('hex')}`) | (1n << BigInt(bits - 1)) | 1n;
const prime = (bits: number) => generatePrimeSync(bits, { bigint: true });

function numberOf(n: bigint, zeros = 0): string {
  const hex = n.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return Buffer.concat([Buffer.alloc(zeros), bytes]).toString('base64url');
}

export function rsa(n: bigint, e = 65_537n, zeros = 0): JWK {
  return { kty: 'RSA', n: numberOf(n, zeros), e: e === 0n ? 'AA' : numberOf(e, zeros) };
}

function nextPrime(after: bigint): bigint {
  let n = after + 2n;
  while (!checkPrimeSync(n)) n += 2n;
  return n;
}

/** A prime as the broken library made them: k·M + 65537^a mod M. */
function weakPrime(bits: number): bigint {
  let product = 1n;
  for (let n = 2n, count = 0; count < 71; n += 1n) {
    if (!checkPrimeSync(n)) continue;
    product *= n;
    count += 1;
  }
  const residue = BigInt(randomBytes(2).readUInt16BE());
  let power = 1n;
  for (let n = 0n; n < residue; n += 1n) power = (power * 65_537n) % product;
  for (;;) {
    const n = (big(bits) / product) * product + power;
    if (checkPrimeSync(n)) return n;
  }
}

function exported(type: 'ec' | 'ed25519' | 'x25519' | 'ed448', namedCurve = ''): Record<string, unknown> {
  const made =
    type === 'ec' ? generateKeyPairSync('ec', { namedCurve }) : generateKeyPairSync(type as 'ed25519');
  return { ...made.publicKey.export({ format: 'jwk' }) };
}

/** 32 bytes, as keys write y. */
function edwards(y: bigint | string, sign = 0): Record<string, unknown> {
  const bytes =
    typeof y === 'string'
      ? Buffer.from(y, 'hex')
      : Buffer.from(Buffer.from(y.toString(16).padStart(64, '0'), 'hex').toReversed());
  bytes[31] = (bytes[31] ?? 0) | (sign << 7);
  return { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') };
}

const field = 2n ** 255n - 19n;
const unreadable = 'it is no key that can be read';

export function keyCells(): KeyCell[] {
  const [p, q] = [prime(1_024), prime(1_024)];
  const n = p * q;
  const sound = rsa(n);
  const p256 = exported('ec', 'P-256');
  const cells: [string, Record<string, unknown>, string | undefined][] = [
    ['RSA of 2048 bits', { ...sound }, undefined],
    ['RSA of 3072 bits', { ...rsa(prime(1_536) * prime(1_536)) }, undefined],
    ['RSA with leading zeros', { ...rsa(n, 65_537n, 3) }, undefined],
    ['RSA with alg RS256', { ...sound, alg: 'RS256' }, undefined],
    ['RSA with alg PS256', { ...sound, alg: 'PS256' }, undefined],
    ['RSA with a certificate that is not looked at', { ...sound, x5c: ['no certificate'] }, undefined],
    ['RSA with e = 2^255 + 1', { ...rsa(n, 2n ** 255n + 1n) }, undefined],
    ...[0n, 2n, 4n, 65_536n, 65_538n].map((e): [string, JWK, string] => [
      `RSA with e = ${e}`,
      rsa(n, e),
      e === 0n ? 'exponent|read' : 'its exponent is even',
    ]),
    ...[1n, 3n, 5n, 17n, 257n, 65_535n].map((e): [string, JWK, string] => [
      `RSA with e = ${e}`,
      rsa(n, e),
      `its exponent is ${e}, less than 65537`,
    ]),
    ['RSA with e = 1 and leading zeros', { ...rsa(n, 1n, 5) }, 'its exponent is 1'],
    ['RSA with e = 2^256 + 1', { ...rsa(n, 2n ** 256n + 1n) }, 'its exponent has more than 256 bits'],
    ['RSA with e = n + 2', { ...rsa(n, n + 2n) }, 'its exponent has more than 256 bits'],
    ['RSA with n = 0', { ...rsa(0n) }, 'its modulus has|read'],
    ['RSA with n = 1', { ...rsa(1n) }, 'its modulus has|read'],
    ['RSA of 512 bits', { ...rsa(prime(256) * prime(256)) }, 'its modulus has 51[12] bits'],
    ['RSA of 1024 bits', { ...rsa(prime(512) * prime(512)) }, 'its modulus has 102[34] bits'],
    ['RSA of 2040 bits', { ...rsa(n >> 8n) }, 'its modulus has 20(39|40) bits'],
    [
      'RSA of 1024 bits that zeros make long',
      { ...rsa(prime(512) * prime(512), 65_537n, 300) },
      'its modulus has 102[34] bits',
    ],
    ['RSA of 16385 bits', { ...rsa(2n ** 16_384n + 1n) }, 'its modulus has 16385 bits'],
    ['RSA of 65536 bits', { ...rsa(big(65_536)) }, 'its modulus has 65536 bits'],
    ['RSA with an even modulus', { ...rsa(n + 1n) }, 'its modulus has a small factor'],
    ...[3n, 743n, 751n, 65_521n].map((factor): [string, JWK, string] => [
      `RSA with the factor ${factor}`,
      rsa(prime(2_048) * factor),
      'its modulus has a small factor',
    ]),
    ['RSA with a square', { ...rsa(p * p) }, 'its modulus is a power'],
    ['RSA with a cube', { ...rsa(prime(720) ** 3n) }, 'its modulus is a power'],
    ['RSA with a fifth power', { ...rsa(prime(432) ** 5n) }, 'its modulus is a power'],
    ['RSA with a power of 61', { ...rsa(prime(40) ** 61n) }, 'its modulus is a power'],
    [
      'RSA with neighbouring primes',
      { ...rsa(p * nextPrime(p)) },
      'the factors of its modulus are too close',
    ],
    [
      'RSA with primes 2^500 apart',
      { ...rsa(p * nextPrime(p + 2n ** 500n)) },
      'the factors of its modulus are too close',
    ],
    ['RSA of the broken library', { ...rsa(weakPrime(1_032) * weakPrime(1_032)) }, 'ROCA'],
    ['P-256', { ...p256 }, undefined],
    ['P-256 with alg ES256', { ...p256, alg: 'ES256' }, undefined],
    ['P-384', exported('ec', 'P-384'), undefined],
    ['P-521', exported('ec', 'P-521'), undefined],
    ['secp256k1', exported('ec', 'secp256k1'), 'its curve is none of'],
    ['secp256k1 that says P-256', { ...exported('ec', 'secp256k1'), crv: 'P-256' }, unreadable],
    ['P-256 that says secp256k1', { ...p256, crv: 'secp256k1' }, unreadable],
    ['P-256 not on its curve', { ...p256, y: numberOf(big(256)) }, unreadable],
    ['P-256 at (0, 0)', { ...p256, x: numberOf(0n, 31), y: numberOf(0n, 31) }, unreadable],
    ['P-256 at infinity', { ...p256, x: '', y: '' }, unreadable],
    ['P-256 without y', { kty: 'EC', crv: 'P-256', x: p256['x'] }, unreadable],
    ['P-224', { ...p256, crv: 'P-224' }, unreadable],
    ['Ed25519', exported('ed25519'), undefined],
    ['Ed25519 with alg EdDSA', { ...exported('ed25519'), alg: 'EdDSA' }, undefined],
    ...[
      '00'.repeat(32),
      `01${'00'.repeat(31)}`,
      `ec${'ff'.repeat(30)}7f`,
      '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
      'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    ].flatMap((y): [string, Record<string, unknown>, string][] =>
      [0, 1].map((sign) => [
        `Ed25519 of small order, ${y}, sign ${sign}`,
        edwards(y, sign),
        'its point is of small order',
      ]),
    ),
    ['Ed25519 of order 4, y = p', edwards(field), 'its point is of small order'],
    ['Ed25519 of order 1, y = p + 1', edwards(field + 1n), 'its point is of small order'],
    ['Ed25519 with y = p + 3', edwards(field + 3n), 'its point is not written as it should be'],
    ['Ed25519 not on its curve', edwards(2n), 'its point is not on the curve'],
    [
      'Ed25519 of 31 bytes',
      { kty: 'OKP', crv: 'Ed25519', x: randomBytes(31).toString('base64url') },
      unreadable,
    ],
    ['X25519', exported('x25519'), 'it is of type x25519'],
    ['Ed448', exported('ed448'), 'it is of type ed448'],
    ['a shared secret', { kty: 'oct', k: 'AAAA', alg: 'HS256' }, 'it is a shared secret'],
    ['RSA for HS256', { ...sound, k: 'AAAA', alg: 'HS256' }, 'its owner alone'],
    ...['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth'].map((name): [string, Record<string, unknown>, string] => [
      `RSA with ${name}`,
      { ...sound, [name]: 'AQ' },
      'its owner alone',
    ]),
    ['P-256 with d', { ...p256, d: 'AQ' }, 'its owner alone'],
    ['Ed25519 with d', { ...exported('ed25519'), d: 'AQ' }, 'its owner alone'],
    ['RSA for encryption', { ...sound, use: 'enc' }, 'not for signatures .use'],
    ['RSA for signatures', { ...sound, use: 'sig' }, undefined],
    ['RSA to verify', { ...sound, key_ops: ['verify'] }, undefined],
    ['RSA to wrap', { ...sound, key_ops: ['wrapKey'] }, 'not for signatures .key_ops'],
    ['RSA for nothing', { ...sound, key_ops: [] }, 'not for signatures .key_ops'],
    ['RSA for ES256', { ...sound, alg: 'ES256' }, 'does not fit its algorithm'],
    ['P-256 for RS256', { ...p256, alg: 'RS256' }, 'does not fit its algorithm'],
    ['P-256 for ES384', { ...p256, alg: 'ES384' }, 'does not fit its algorithm'],
    ['P-384 for ES256', { ...exported('ec', 'P-384'), alg: 'ES256' }, 'does not fit its algorithm'],
    ['Ed25519 for ES256', { ...exported('ed25519'), alg: 'ES256' }, 'does not fit its algorithm'],
    ['of an unknown type', { kty: 'AKP' }, unreadable],
    ['without a type', {}, 'it is not a key'],
  ];
  return cells.map(([name, jwk, why]) => ({ name, jwk, why }));
}
