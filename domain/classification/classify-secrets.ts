/** Patterns that only credentials match. */
const shapes: readonly RegExp[] = [
  // Private keys in PEM form.
  /-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----/,
  // AWS access key ids.
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/,
  // GitHub: classic and fine-grained tokens.
  /\bgh[pousr]_[A-Za-z0-9]{36,255}\b/,
  /\bgithub_pat_[A-Za-z0-9_]{50,255}\b/,
  /\bglpat-[A-Za-z0-9_-]{20,}/,
  // Slack tokens and webhook addresses.
  /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/,
  /\bhooks\.slack\.com\/services\/T[A-Z0-9]{6,}\/B[A-Z0-9]{6,}\/[A-Za-z0-9]{16,}/,
  // Keys of model providers, Google and Stripe.
  /\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{32,}/,
  /\bAIza[0-9A-Za-z_-]{35}(?![0-9A-Za-z_-])/,
  /\b[rs]k_live_[0-9A-Za-z]{20,}\b/,
  // Tokens as sent to a server.
  /\bauthorization: ?(?:bearer|basic) [A-Za-z0-9._~+/=-]{16,}/i,
  // A password in an address.
  /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@]{1,100}:[^\s:/@]{4,100}@[^\s@]/i,
];

/** Begins at the dot and looks back, so that each part is scanned only once, whatever it contains. */
const jwtPattern = /(?<=\beyJ[A-Za-z0-9_-]{8,})\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{16,}/;

export function hasSecret(text: string): boolean {
  return jwtPattern.test(text) || shapes.some((shape) => shape.test(text));
}
