import { readFile } from 'node:fs/promises';
import { type Actor, systemActor } from '#domain/person/actor.ts';
import { customerAnswer } from '#domain/policy/customer-answer.schema.ts';
import type { MatchedRule } from '#domain/policy/decision.ts';
import { sha256Hex } from '#platform/crypto/digest.ts';
import type { BundleKeys } from '#platform/opa/bundle/bundle-keys.ts';
import { type FoundBundle, findBundles } from '#platform/opa/bundle/find-bundles.ts';
import { openBundle } from '#platform/opa/bundle/open-bundle.ts';
import { maxArchiveBytes } from '#platform/opa/bundle/read-archive.ts';
import { BundleRefused } from '#platform/opa/bundle/refused.ts';
import { type RunningBundle, runBundle } from '#platform/opa/bundle/run-bundle.ts';
import { repeat } from '#platform/repeat.ts';
import type { RecordEvent } from '../record.ts';
import { type BundleFailure, createBundleFailures } from './bundle-failures.ts';

interface CustomerBundlesOptions {
  /** `POLICY_BUNDLES_DIR`: `<tenant>/*.tar.gz`. */
  folder: string;
  keys: BundleKeys;
  recordEvent: RecordEvent;
  now: () => Date;
  /**
   * How often the folder is looked through, in milliseconds; default 20 000, well within the minute that we promise.
   */
  lookAgainMs?: number;
  /** Called with the reason why a bundle does not count. */
  onProblem: (problem: { tenantId: string; bundle: string; cause: unknown }) => void;
  /** Tells all processes of an action that was denied because a bundle gave no proper answer. */
  tellFailure: (failure: BundleFailure) => void;
}

export interface CustomerBundles {
  /** The rules that a tenant's bundles add to those of its policies; throws when a bundle gives no proper answer. */
  furtherRules(actor: Actor, input: Readonly<Record<string, unknown>>): Promise<readonly MatchedRule[]>;
  /** Takes note of a failure in another process. */
  hearFailure(failure: BundleFailure): void;
  /** Empty when all is well. */
  problems(): readonly BundleProblem[];
  /** Looks through the folder now. */
  look(): Promise<void>;
  close(): Promise<void>;
}

/** Why something in the folder does not count, or a question was denied. */
export interface BundleProblem {
  /** `null`: the folder itself. */
  tenantId: string | null;
  problem: string;
}

type Named = Pick<FoundBundle, 'tenantId' | 'name'>;

/** One file. The bundle that runs is its last good content, whatever is in it now. */
interface WatchedBundle {
  stamp: string;
  digest: string | undefined;
  running: RunningBundle | undefined;
  /** Why the file does not count. */
  problem: string | undefined;
}

/**
 * Runs customers' own Rego in addition to the policies. The folder is looked through regularly; a bundle that can't be
 * trusted is refused and audited, and the last good one stays. A file that was never good denies everything of its
 * tenant.
 */
export function openCustomerBundles(options: CustomerBundlesOptions): CustomerBundles {
  const { folder, lookAgainMs = 20_000, onProblem } = options;
  const tenants = new Map<string, Map<string, WatchedBundle>>();
  const failures = createBundleFailures({ now: options.now, tell: options.tellFailure });
  let folderProblem: string | undefined = 'the folder of bundles was not looked through yet';
  let seen = false;

  async function lookThrough(): Promise<void> {
    try {
      const found = await findBundles(folder);
      for (const one of found) await take(one);
      for (const [tenantId, bundles] of tenants) {
        for (const [name, watched] of bundles) {
          if (!found.some((one) => one.tenantId === tenantId && one.name === name))
            await drop(tenantId, name, watched);
        }
      }
      folderProblem = undefined;
      seen = true;
    } catch (cause) {
      folderProblem = 'the folder of bundles can not be read';
      throw cause;
    }
  }

  async function take(found: FoundBundle): Promise<void> {
    const { tenantId, name, stamp } = found;
    const bundles = tenants.get(tenantId) ?? new Map<string, WatchedBundle>();
    tenants.set(tenantId, bundles);
    const watched = bundles.get(name) ?? {
      stamp: '',
      digest: undefined,
      running: undefined,
      problem: undefined,
    };
    bundles.set(name, watched);
    if (watched.stamp === stamp) return;
    let digest = stamp;
    let started: RunningBundle | undefined;
    try {
      if (found.bytes > maxArchiveBytes) throw new BundleRefused('it is larger than 10 MB');
      const bytes = await readFile(found.path);
      digest = sha256Hex(bytes);
      if (digest !== watched.digest) {
        const bundle = await openBundle(bytes, { keys: options.keys, tenantId });
        started = await runBundle(bundle);
        await record(found, 'policy.bundle_loaded', { digest, revision: bundle.revision });
        failures.forget(tenantId, name);
        watched.running?.close();
        watched.running = started;
        watched.digest = digest;
      }
      watched.stamp = stamp;
      watched.problem = undefined;
    } catch (cause) {
      started?.close();
      watched.problem = cause instanceof BundleRefused ? cause.message : 'it could not be put to use';
      onProblem({ tenantId, bundle: name, cause });
      if (cause instanceof BundleRefused) {
        const inForce = watched.digest ?? '';
        await record(found, 'policy.bundle_refused', { digest, reason: cause.message, inForce }).then(
          // Recorded: the same content need not be looked at again.
          () => (watched.stamp = stamp),
          (error: unknown) => onProblem({ tenantId, bundle: name, cause: error }),
        );
      }
    }
  }

  async function drop(tenantId: string, name: string, watched: WatchedBundle): Promise<void> {
    try {
      const { stamp, digest = '' } = watched;
      await record({ tenantId, name, stamp }, 'policy.bundle_removed', { digest });
      watched.running?.close();
      tenants.get(tenantId)?.delete(name);
    } catch (cause) {
      onProblem({ tenantId, bundle: name, cause });
    }
  }

  /**
   * Every process of the installation sees the same change: with the stamp of the file in its key it is one entry, and
   * the same content that comes again is another. A process with nothing else in force says so in an entry of its own.
   */
  async function record(
    { tenantId, name, stamp }: Pick<FoundBundle, 'tenantId' | 'name' | 'stamp'>,
    event: 'policy.bundle_loaded' | 'policy.bundle_refused' | 'policy.bundle_removed',
    { inForce, ...metadata }: { digest: string; reason?: string; revision?: string; inForce?: string },
  ): Promise<void> {
    await options.recordEvent(systemActor(tenantId), {
      event,
      detail: metadata.reason === undefined ? name : `${name}: ${metadata.reason}`,
      outcome: event === 'policy.bundle_refused' ? 'error' : 'success',
      metadata: inForce === undefined ? metadata : { ...metadata, in_force: inForce },
      dedupeKey: [event, name, metadata.digest, inForce ?? '', stamp].join(':'),
    });
  }

  /** What one bundle adds; a question without a proper answer is shown in the status. */
  async function ask(
    { tenantId, name, running, problem }: Pick<WatchedBundle, 'running' | 'problem'> & Named,
    input: Readonly<Record<string, unknown>>,
  ): Promise<MatchedRule[]> {
    if (running === undefined) throw new Error(`bundle ${name}: ${problem ?? 'not loaded'}`);
    try {
      const answer = customerAnswer.safeParse(await running.evaluate(input));
      if (!answer.success)
        throw new Error('its decision has another form than agreed', { cause: answer.error });
      return rulesOf(name, answer.data);
    } catch (cause) {
      const words = cause instanceof Error ? cause.message : 'an error';
      failures.note({ tenant: tenantId, bundle: name, words });
      throw new Error(`bundle ${name}: ${words}`, { cause });
    }
  }

  function wordsAbout({ tenantId, name, problem, running }: WatchedBundle & Named): string[] {
    const failure = failures.recent(tenantId, name);
    return [
      ...(problem === undefined ? [] : [problem]),
      ...(running?.isGivenUp() ? ['it took too long too often'] : []),
      ...(failure === undefined ? [] : [`an action was denied because ${failure}`]),
    ];
  }

  const looking = repeat({
    everyMs: lookAgainMs,
    turn: lookThrough,
    onFailure: (cause) => onProblem({ tenantId: '', bundle: '', cause }),
  });
  const first = looking.turnNow();
  looking.start();

  return {
    async furtherRules(actor, input) {
      await first;
      if (!seen) throw new Error(folderProblem);
      const bundles = tenants.get(actor.tenantId);
      if (bundles === undefined) return [];
      const rules = await Promise.all(
        [...bundles].map(([name, watched]) => ask({ tenantId: actor.tenantId, name, ...watched }, input)),
      );
      return rules.flat();
    },
    problems: () => [
      ...(folderProblem === undefined ? [] : [{ tenantId: null, problem: folderProblem }]),
      ...[...tenants].flatMap(([tenantId, bundles]) =>
        [...bundles].flatMap(([name, watched]) =>
          wordsAbout({ tenantId, name, ...watched }).map((words) => ({
            tenantId,
            problem: `bundle ${name}: ${words}`,
          })),
        ),
      ),
    ],
    hearFailure: failures.hear,
    look: looking.turnNow,
    async close() {
      await looking.stop();
      for (const watched of [...tenants.values()].flatMap((bundles) => [...bundles.values()]))
        watched.running?.close();
    },
  };
}

/** `allow` adds nothing: a bundle can only restrict. */
function rulesOf(
  bundle: string,
  { verdict, code, reason }: ReturnType<typeof customerAnswer.parse>,
): MatchedRule[] {
  if (verdict === 'allow') return [];
  return [
    {
      domain: 'customer',
      verdict,
      code: 'customer_policy',
      level: 'none',
      policyId: null,
      policyName: bundle,
      policyVersion: null,
      rule: { bundle, code: code ?? null, reason: wordsOf(reason ?? code) },
      constraints: {},
    },
  ];
}

/** Without a full stop: it becomes part of a sentence. */
function wordsOf(reason = 'it gives no reason'): string {
  return reason.replace(/\.$/, '');
}
