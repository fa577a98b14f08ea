/** Why a bundle was refused, in words for the operator; never its contents. */
export class BundleRefused extends Error {
  constructor(reason: string, cause?: unknown) {
    super(reason, { cause });
    this.name = 'BundleRefused';
  }
}
