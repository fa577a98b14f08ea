import type { KeyObject } from 'node:crypto';

/** NIST SP 800-57 and 800-131A: 112 bits of security at least. More than the largest only costs us time. */
const leastBits = 2_048;
const mostBits = 16_384;

/** FIPS 186-5 A.1.1 and NIST SP 800-56B: an odd exponent, 2^16 < e < 2^256. 3 and 17 are refused with it. */
const leastExponent = 65_537n;
const exponentsEnd = 2n ** 256n;

/** As the CA/Browser Forum asks for (6.1.6.1): so many rounds of Fermat's method find primes that are too close. */
const fermatRounds = 100;

const curves: readonly string[] = ['prime256v1', 'secp384r1', 'secp521r1'];

/**
 * Why a public key proves nothing, or too little; `undefined` when nothing is known against it. Looks for what makes
 * signatures forgeable by anybody: weak forms of RSA, curves that we don't take, points of small order. Never throws.
 */
export function whyUnsound(key: KeyObject): string | undefined {
  if (key.type !== 'public') return 'it is no public key';
  const type = key.asymmetricKeyType ?? '';
  return type in looks ? looks[type]?.(key) : `it is of type ${type}`;
}

const looks: Readonly<Record<string, (key: KeyObject) => string | undefined>> = {
  rsa: whyUnsoundRsa,
  ec: whyUnsoundEc,
  ed25519: whyUnsoundEd25519,
};

/** OpenSSL takes no point that is not on its curve, nor the one at infinity. */
function whyUnsoundEc({ asymmetricKeyDetails }: KeyObject): string | undefined {
  const isOurs = curves.includes(asymmetricKeyDetails?.namedCurve ?? '');
  return isOurs ? undefined : 'its curve is none of P-256, P-384 and P-521';
}

function whyUnsoundRsa(key: KeyObject): string | undefined {
  const [n = 0n, e = 0n] = integersOf(key.export({ type: 'pkcs1', format: 'der' }));
  const bits = n.toString(2).length;
  if (bits < leastBits) return `its modulus has ${bits} bits, fewer than ${leastBits}`;
  if (bits > mostBits) return `its modulus has ${bits} bits, more than ${mostBits}`;
  if (e % 2n === 0n) return 'its exponent is even';
  if (e < leastExponent) return `its exponent is ${e}, less than ${leastExponent}`;
  if (e >= exponentsEnd) return 'its exponent has more than 256 bits';
  if (primes.some((prime) => n % BigInt(prime) === 0n)) return 'its modulus has a small factor';
  if (isWeakInfineon(n)) return 'its modulus was made by a library whose keys can be factored (ROCA)';
  if (isPower(n, bits)) return 'its modulus is a power';
  if (hasCloseFactors(n)) return 'the factors of its modulus are too close';
  return undefined;
}

/** Every prime below 2^16. */
const primes: readonly number[] = primesBelow(65_536);

function primesBelow(end: number): number[] {
  const isComposite = new Uint8Array(end);
  const found: number[] = [];
  for (let n = 2; n < end; n += 1) {
    if (isComposite[n] === 1) continue;
    found.push(n);
    for (let multiple = n * n; multiple < end; multiple += n) isComposite[multiple] = 1;
  }
  return found;
}

/**
 * CVE-2017-15361: primes are k·M + 65537^a mod M, where M is the product of the first primes. So modulo each of those the
 * modulus is a power of 65537, which happens to others once in some hundred million.
 */
function isWeakInfineon(n: bigint): boolean {
  return primes.slice(1, 39).every((prime) => powersOf(leastExponent, BigInt(prime)).has(n % BigInt(prime)));
}

function powersOf(base: bigint, modulus: bigint): Set<bigint> {
  const powers = new Set<bigint>();
  for (let power = 1n % modulus; !powers.has(power); power = (power * base) % modulus) powers.add(power);
  return powers;
}

/** Without factors below 2^16, it is no higher power than its bits by 16. */
function isPower(n: bigint, bits: number): boolean {
  return primes
    .filter((exponent) => exponent <= bits / 16)
    .some((exponent) => mayBePower(n, exponent) && rootOf(n, exponent) ** BigInt(exponent) === n);
}

/** What is neither 0 nor a power modulo a small prime is no power at all: spares nearly every root. */
function mayBePower(n: bigint, exponent: number): boolean {
  const telling = primes.filter((prime) => prime % exponent === 1).slice(0, 8);
  return telling.every(
    (prime) => powerModulo(n % BigInt(prime), BigInt((prime - 1) / exponent), BigInt(prime)) <= 1n,
  );
}

/** Fermat: n = a² - b² is found at once where both factors are close to a. */
function hasCloseFactors(n: bigint): boolean {
  const root = rootOf(n, 2);
  let a = root * root === n ? root : root + 1n;
  for (let round = 0; round < fermatRounds; round += 1, a += 1n) {
    const square = a * a - n;
    if (mayBePower(square, 2) && rootOf(square, 2) ** 2n === square) return true;
  }
  return false;
}

/** The largest whole number whose power is not above n (Newton). */
function rootOf(n: bigint, exponent: number): bigint {
  if (n < 2n) return n;
  const k = BigInt(exponent);
  let root = 2n ** BigInt(Math.ceil(n.toString(2).length / exponent));
  for (;;) {
    const next = ((k - 1n) * root + n / root ** (k - 1n)) / k;
    if (next >= root) return root;
    root = next;
  }
}

function powerModulo(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

const p = 2n ** 255n - 19n;
const d = modulo(-121_665n * powerModulo(121_666n, p - 2n, p));

/** Edwards y of the points whose order is 1, 2, 4 or 8: with those as a key, signatures hold for what nobody signed. */
const smallOrder: ReadonlySet<bigint> = new Set([
  0n,
  1n,
  p - 1n,
  littleEndian(Buffer.from('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05', 'hex')),
  littleEndian(Buffer.from('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a', 'hex')),
]);

function whyUnsoundEd25519(key: KeyObject): string | undefined {
  const y = littleEndian(Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url')) & (2n ** 255n - 1n);
  if (smallOrder.has(y % p)) return 'its point is of small order';
  if (y >= p) return 'its point is not written as it should be';
  // x² = (y² - 1) / (d·y² + 1) has a root where this is 1.
  const square = y * y;
  const xx = modulo(square - 1n) * powerModulo(d * square + 1n, p - 2n, p);
  return powerModulo(xx, (p - 1n) / 2n, p) === 1n ? undefined : 'its point is not on the curve';
}

function modulo(n: bigint): bigint {
  return ((n % p) + p) % p;
}

function littleEndian(bytes: Buffer): bigint {
  return BigInt(`0x0${Buffer.from(bytes.toReversed()).toString('hex')}`);
}

/**
 * The two numbers of `RSAPublicKey` (RFC 8017 A.1.1) in DER. Node's other ways to ask for those of a key that is too large
 * leave an error behind, which the next caller of OpenSSL takes for its own.
 */
function integersOf(der: Buffer): bigint[] {
  const found: bigint[] = [];
  for (let at = valueAt(der, 0).from; at < der.length; ) {
    const { from, to } = valueAt(der, at);
    found.push(BigInt(`0x0${der.toString('hex', from, to)}`));
    at = to;
  }
  return found;
}

/** Where the value begins and ends whose tag is at this place. */
function valueAt(der: Buffer, at: number): { from: number; to: number } {
  const first = der.readUInt8(at + 1);
  const wide = first < 128 ? 0 : first - 128;
  const from = at + 2 + wide;
  return { from, to: from + (wide === 0 ? first : der.readUIntBE(at + 2, wide)) };
}
