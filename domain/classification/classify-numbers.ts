/** Numbers with a checksum: one digit off and it doesn't match, so that order numbers and digests don't count. */

interface Scheme {
  pattern: RegExp;
  valid(digits: string): boolean;
}

/** Issuers' prefixes and lengths; 13-digit numbers are left out, they are mostly points in time. */
const cardIssuers = [
  /^4\d{15}(?:\d{3})?$/,
  /^(?:5[1-5]|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d*$/,
  /^3[47]\d{13}$/,
  /^(?:6011|65\d\d|64[4-9]\d)\d{12}$/,
  /^35(?:2[89]|[3-8]\d)\d{12}$/,
  /^3(?:0[0-5]|[68]\d)\d{11}$/,
  /^62\d{14,17}$/,
];

/** Digits in one run, or in the groups that are printed on cards. */
const cardPattern =
  /(?<![\w.+-])(?:\d{14,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{4}(?:\1\d{3})?|\d{4}([ -])\d{6}\2\d{4,5})(?![\w-])/g;

export function hasPaymentCard(text: string): boolean {
  return matches(text, cardPattern, (found) => {
    const digits = found.replaceAll(/\D/g, '');
    return isCardShaped(digits) && luhn(digits);
  });
}

function isCardShaped(digits: string): boolean {
  const isMastercard = cardIssuers[1]?.test(digits) === true;
  if (new Set(digits).size < 2) return false;
  return isMastercard ? digits.length === 16 : cardIssuers.some((issuer) => issuer.test(digits));
}

function luhn(digits: string): boolean {
  const sum = Array.from(digits)
    .toReversed()
    .reduce((total, digit, at) => {
      const doubled = Number(digit) * (at % 2 === 0 ? 1 : 2);
      return total + (doubled > 9 ? doubled - 9 : doubled);
    }, 0);
  return sum % 10 === 0;
}

const ibanPattern =
  /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[A-Z0-9]{11,30}|(?: [A-Z0-9]{4}){2,7}(?: [A-Z0-9]{1,3})?)(?![A-Za-z0-9])/g;

/** Length of each country's numbers; those of others have between 15 and 34 characters. */
const ibanLengths: Readonly<Record<string, number>> = {
  AT: 20,
  BE: 16,
  CH: 21,
  CZ: 24,
  DE: 22,
  DK: 18,
  ES: 24,
  FI: 18,
  FR: 27,
  GB: 22,
  IE: 22,
  IT: 27,
  LU: 20,
  NL: 18,
  NO: 15,
  PL: 28,
  PT: 25,
  SE: 24,
};

export function hasIban(text: string): boolean {
  return matches(text, ibanPattern, (found) => {
    const iban = found.replaceAll(' ', '');
    const length = ibanLengths[iban.slice(0, 2)];
    if (length === undefined ? iban.length < 15 || iban.length > 34 : iban.length !== length) return false;
    return remainder97(`${iban.slice(4)}${iban.slice(0, 4)}`) === 1;
  });
}

function remainder97(text: string): number {
  const digits = text.replaceAll(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));
  return Array.from(digits).reduce((rest, digit) => (rest * 10 + Number(digit)) % 97, 0);
}

/** Where the checksum alone would match too many plain numbers, the name of the number must come before it. */
const nationalIds: readonly Scheme[] = [
  // Spain: DNI and NIE.
  {
    pattern: /(?<![\w-])[XYZ]?\d{7,8}-?[A-HJ-NP-TV-Z](?![\w-])/g,
    valid(id) {
      const number = id.slice(0, -1).replace(/^[XYZ]/, (letter) => String('XYZ'.indexOf(letter)));
      return number.length === 8 && 'TRWAGMYFPDXBNJZSQVHLCKE'[Number(number) % 23] === id.at(-1);
    },
  },
  // Italy: codice fiscale.
  {
    pattern: /(?<![\w-])[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z](?![\w-])/g,
    valid: (id) => fiscalCodeLetter(id.slice(0, 15)) === id.at(-1),
  },
  // France: NIR.
  {
    pattern: /(?<![\w.-])[12] ?\d{2} ?(?:0[1-9]|1[0-2]) ?\d{2} ?\d{3} ?\d{3} ?\d{2}(?![\w-])/g,
    valid: (id) => 97 - (Number(id.slice(0, 13)) % 97) === Number(id.slice(13)),
  },
  // Brazil: CPF, as it is written.
  {
    pattern: /(?<![\w.-])\d{3}\.\d{3}\.\d{3}-\d{2}(?![\w-])/g,
    valid: (id) => new Set(id).size > 1 && [9, 10].every((at) => cpfDigit(id, at) === Number(id[at])),
  },
  // United Kingdom: NHS number.
  {
    pattern: /\bNHS(?: number| no\.?)?:? ?\d{3} ?\d{3} ?\d{4}(?![\w-])/gi,
    valid(id) {
      const number = id.replaceAll(/\D/g, '');
      const check = (11 - (weighted(number.slice(0, 9), 10) % 11)) % 11;
      return check === Number(number[9]);
    },
  },
  // Netherlands: BSN.
  {
    pattern: /\bBSN(?:-nummer| number)?:? ?\d{9}(?![\w-])/gi,
    valid(id) {
      const number = id.replaceAll(/\D/g, '');
      return (weighted(number.slice(0, 8), 9) - Number(number[8])) % 11 === 0;
    },
  },
  // United States: no checksum, but a pattern, with its name before it.
  {
    pattern:
      /\b(?:SSN|social security(?: number| no\.?)?):? ?(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?!\d)/gi,
    valid: () => true,
  },
];

export function hasNationalId(text: string): boolean {
  return nationalIds.some(({ pattern, valid }) =>
    matches(text, pattern, (found) => valid(found.replaceAll(/[ .-]/g, ''))),
  );
}

/** Sum of the digits times a weight that falls by one. */
function weighted(digits: string, first: number): number {
  return Array.from(digits).reduce((sum, digit, at) => sum + Number(digit) * (first - at), 0);
}

function cpfDigit(digits: string, at: number): number {
  return ((weighted(digits.slice(0, at), at + 1) * 10) % 11) % 10;
}

const oddValues = [
  1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
];

function fiscalCodeLetter(code: string): string {
  const sum = Array.from(code).reduce((total, character, at) => {
    const value = /\d/.test(character) ? Number(character) : character.charCodeAt(0) - 65;
    return total + (at % 2 === 0 ? (oddValues[value] ?? 0) : value);
  }, 0);
  return String.fromCharCode(65 + (sum % 26));
}

function matches(text: string, pattern: RegExp, valid: (found: string) => boolean): boolean {
  return [...text.matchAll(pattern)].some(([found]) => valid(found));
}
