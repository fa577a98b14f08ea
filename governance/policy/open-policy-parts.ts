import { readFile } from 'node:fs/promises';
import type { Config } from '#platform/config/parse-config.ts';
import { parseBundleKeys } from '#platform/opa/bundle/bundle-keys.ts';
import type { PolicyEngine } from '#platform/opa/engine.ts';
import { createRemoteEngine } from '#platform/opa/remote-engine.ts';
import type { RecordEvent } from '../record.ts';
import type { BundleFailure } from './bundle-failures.ts';
import { type BundleProblem, openCustomerBundles } from './customer-bundles.ts';
import type { FurtherRules } from './evaluate.ts';

interface PolicyPartsOptions {
  config: Pick<
    Config,
    'opaSidecarUrl' | 'opaEvaluateTimeoutMs' | 'policyBundlesDir' | 'policyBundleKeysFile'
  >;
  recordEvent: RecordEvent;
  now: () => Date;
  /** Called with the reason why a bundle of a customer does not count. */
  onBundleProblem: (problem: { tenantId: string; bundle: string; cause: unknown }) => void;
  /** Tells all processes of an action that was denied because a bundle gave no proper answer. */
  tellBundleFailure: (failure: BundleFailure) => void;
}

/** The parts of policy evaluation in this process besides our Rego, as configured. */
export interface PolicyParts {
  /** An external OPA in place of the engine in this process. */
  engine?: PolicyEngine;
  /** The rules that customers' own Rego adds. */
  furtherRules?: FurtherRules;
  /** Takes note of a bundle's failure in another process. */
  hearBundleFailure(failure: BundleFailure): void;
  /** Why bundles do not count; empty when all is well. */
  problems(): readonly BundleProblem[];
  close(): Promise<void>;
}

/** Throws when the keys of bundles can't be read: no bundle could ever be trusted then. */
export async function openPolicyParts(options: PolicyPartsOptions): Promise<PolicyParts> {
  const { config, recordEvent, now, onBundleProblem, tellBundleFailure } = options;
  const { opaSidecarUrl: url, opaEvaluateTimeoutMs: timeoutMs } = config;
  const { policyBundlesDir: folder, policyBundleKeysFile: keysFile } = config;
  const engine = url === undefined ? {} : { engine: createRemoteEngine({ url, timeoutMs }) };
  if (folder === undefined || keysFile === undefined)
    return { ...engine, hearBundleFailure() {}, problems: () => [], async close() {} };
  const bundles = openCustomerBundles({
    folder,
    keys: parseBundleKeys(await readFile(keysFile, 'utf8')),
    recordEvent,
    now,
    onProblem: onBundleProblem,
    tellFailure: tellBundleFailure,
  });
  return {
    ...engine,
    furtherRules: bundles.furtherRules,
    hearBundleFailure: bundles.hearFailure,
    problems: bundles.problems,
    close: bundles.close,
  };
}
