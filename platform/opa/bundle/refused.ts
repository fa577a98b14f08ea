/** Why a bundle is not taken, in words for the operator; never what stands in it. */
export class BundleRefused extends Error {
  constructor(reason: string, cause?: unknown) {
    super(reason, { cause });
    this.name = 'BundleRefused';
  }
}
