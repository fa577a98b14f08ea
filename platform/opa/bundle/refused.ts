/** Why a bundle was refused, in words for the operator; never its contents. */
export class BundleRefused extends Error {
  constructor(reason: string, cause?: unknown) {
    super(reason, { cause });
    this.name = 'BundleRefused';
  }
}

/** The reason for a built-in that is not allowed; its name, cut short, may be the customer's own word. */
export function notAllowed(builtin: string): string {
  return `it uses the built-in ${builtin.slice(0, 100)}, which is not in customer-capabilities.json`;
}
