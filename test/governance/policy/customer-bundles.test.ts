import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CodedError } from '#domain/error.ts';
import type { Actor } from '#domain/person/actor.ts';
import type { BundleFailure } from '#governance/policy/bundle-failures.ts';
import { type CustomerBundles, openCustomerBundles } from '#governance/policy/customer-bundles.ts';
import type { RecordEvent } from '#governance/record.ts';
import {
  archive,
  opaBundle,
  opaBundleKeys,
  sign,
  signingKey,
  unsignedFiles,
} from '../../platform/opa/make-bundle.ts';
import { entriesOf } from '../../support/audit-entries.ts';
import { openTestStores, type TestStores } from '../../support/open-test-stores.ts';
import { recordEventIn } from '../../support/record-event.ts';

const actor: Actor = { tenantId: 'acme', userId: 'u1', role: 'user', orgUnit: '' };
const close = { action: 'github_pull_request_close', target_system: 'github' };
const own = signingKey();
const keys = new Map([...opaBundleKeys, ...own.keys]);

let opened: TestStores;
let folder: string;
let recordEvent: RecordEvent;
const closers: CustomerBundles[] = [];

beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'openclaw-bundles-'));
  mkdirSync(join(folder, 'acme'));
  recordEvent = recordEventIn(opened.stores);
});
afterEach(async () => {
  for (const bundles of closers.splice(0)) await bundles.close();
  rmSync(folder, { recursive: true, force: true });
});

/** As a reason of the status. */
const said = (problem: unknown, tenantId: string | null = 'acme') => ({ tenantId, problem });

function open(
  record: RecordEvent = recordEvent,
  now = () => new Date(),
  tellFailure: (failure: BundleFailure) => void = () => {},
): CustomerBundles {
  const bundles = openCustomerBundles({
    folder,
    keys,
    recordEvent: record,
    now,
    lookAgainMs: 3_600_000,
    onProblem: () => {},
    tellFailure,
  });
  closers.push(bundles);
  return bundles;
}

const put = (name: string, bytes: Uint8Array) => writeFileSync(join(folder, 'acme', name), bytes);

/** The tests' bundle with other actions frozen, signed by the tests' own key. */
async function freezing(...actions: string[]): Promise<Buffer> {
  const files = await unsignedFiles();
  files.set('data.json', Buffer.from(JSON.stringify({ frozen_actions: actions })));
  return archive(await sign(files, own));
}

async function recorded(): Promise<string[]> {
  const entries = await entriesOf(opened.stores, 'acme', { actionType: 'policy_change' });
  return entries.map(({ event, actionDetail }) => `${event} ${actionDetail}`);
}

describe("a tenant's bundle", () => {
  it('adds its denial, and what it allows adds nothing', async () => {
    put('frozen.tar.gz', opaBundle);
    const bundles = open();
    await expect(bundles.furtherRules(actor, close)).resolves.toEqual([
      {
        domain: 'customer',
        verdict: 'deny',
        code: 'customer_policy',
        level: 'none',
        policyId: null,
        policyName: 'frozen.tar.gz',
        policyVersion: null,
        rule: {
          bundle: 'frozen.tar.gz',
          code: 'frozen',
          reason: 'Nothing is closed during the audit',
        },
        constraints: {},
      },
    ]);
    await expect(bundles.furtherRules(actor, { action: 'github_issue_read' })).resolves.toEqual([]);
    await expect(bundles.furtherRules(actor, { action: 'test_asks' })).resolves.toMatchObject([
      { verdict: 'require_approval' },
    ]);
    expect(bundles.problems()).toEqual([]);
  });

  it('is no concern of another tenant', async () => {
    put('frozen.tar.gz', opaBundle);
    await expect(open().furtherRules({ ...actor, tenantId: 'globex' }, close)).resolves.toEqual([]);
  });

  it('stands beside others of the same tenant', async () => {
    put('one.tar.gz', opaBundle);
    put('two.tar.gz', await freezing('github_issue_read', 'github_pull_request_close'));
    await expect(open().furtherRules(actor, close)).resolves.toHaveLength(2);
  });

  it('that answers anything but its contract gives no answer', async () => {
    put('frozen.tar.gz', opaBundle);
    await expect(open().furtherRules(actor, { action: 'test_answers_text' })).rejects.toThrow();
  });

  it('that never was good lets nobody by, and says why', async () => {
    put('broken.tar.gz', Buffer.from('no bundle'));
    const bundles = open();
    await expect(bundles.furtherRules(actor, { action: 'github_issue_read' })).rejects.toThrow(
      'broken.tar.gz',
    );
    expect(bundles.problems()).toEqual([said('bundle broken.tar.gz: it is not a whole gzip file')]);
  });

  it('is on record when it comes into use, is refused, and goes, once each', async () => {
    put('story.tar.gz', await freezing('github_issue_read'));
    const bundles = [open(), open()];
    await Promise.all(bundles.map((one) => one.look()));
    put('story.tar.gz', await archive(await unsignedFiles()));
    await Promise.all(bundles.map((one) => one.look()));
    await Promise.all(bundles.map((one) => one.look()));
    rmSync(join(folder, 'acme', 'story.tar.gz'));
    await Promise.all(bundles.map((one) => one.look()));
    const events = (await recorded()).filter((line) => line.includes('story.tar.gz'));
    expect(events.toSorted()).toEqual([
      'policy.bundle_loaded story.tar.gz',
      'policy.bundle_refused story.tar.gz: it is not signed',
      'policy.bundle_removed story.tar.gz',
    ]);
  });
});

describe('a change in the folder', () => {
  it('brings the new bundle into use', async () => {
    put('change.tar.gz', await freezing('github_issue_read'));
    const bundles = open();
    await expect(bundles.furtherRules(actor, close)).resolves.toEqual([]);
    put('change.tar.gz', await freezing('github_pull_request_close'));
    await bundles.look();
    await expect(bundles.furtherRules(actor, close)).resolves.toHaveLength(1);
  });

  it.each([
    ['unsigned', async () => archive(await unsignedFiles())],
    ['cut off', async () => opaBundle.subarray(0, 20_000)],
    ['empty', async () => Buffer.alloc(0)],
    ['signed by a stranger', async () => archive(await sign(await unsignedFiles(), signingKey()))],
  ])('to one that is %s leaves the last good one in use and is said', async (_, make) => {
    put('held.tar.gz', await freezing('github_pull_request_close'));
    const bundles = open();
    await bundles.look();
    put('held.tar.gz', await make());
    await bundles.look();
    await expect(bundles.furtherRules(actor, close)).resolves.toHaveLength(1);
    expect(bundles.problems()).toHaveLength(1);
    put('held.tar.gz', await freezing('github_issue_read'));
    await bundles.look();
    await expect(bundles.furtherRules(actor, close)).resolves.toEqual([]);
    expect(bundles.problems()).toEqual([]);
  });

  it('that can not be put on record does not come into use', async () => {
    put('unrecorded.tar.gz', await freezing('github_issue_read'));
    let away = false;
    const bundles = open(async (...args) => {
      if (away) throw new CodedError('AUDIT_WRITE_FAILED');
      await recordEvent(...args);
    });
    await bundles.look();
    away = true;
    put('unrecorded.tar.gz', await freezing('github_pull_request_close'));
    await bundles.look();
    await expect(bundles.furtherRules(actor, close)).resolves.toEqual([]);
    expect(bundles.problems()).toEqual([said('bundle unrecorded.tar.gz: it could not be put to use')]);
    away = false;
    await bundles.look();
    await expect(bundles.furtherRules(actor, close)).resolves.toHaveLength(1);
  });

  it('that takes the folder away leaves what is in use', async () => {
    put('stays.tar.gz', await freezing('github_pull_request_close'));
    const bundles = open();
    await bundles.look();
    rmSync(folder, { recursive: true });
    await bundles.look();
    await expect(bundles.furtherRules(actor, close)).resolves.toHaveLength(1);
    expect(bundles.problems()).toEqual([said('the folder of bundles can not be read', null)]);
  });
});

describe('what is in force', () => {
  const eventsOf = async (name: string) =>
    (await recorded()).filter((line) => line.includes(name)).map((line) => line.split(' ')[0] ?? '');

  /** Ways to put an earlier file back; each takes the name of the bundle and of the file that is kept beside it. */
  const waysBack: Record<string, (name: string, kept: string) => void> = {
    copied: (name, kept) => copyFileSync(kept, join(folder, 'acme', name)),
    'copied with its times': (name, kept) => {
      cpSync(kept, join(folder, 'acme', name), { preserveTimestamps: true });
    },
    moved: (name, kept) => renameSync(kept, join(folder, 'acme', name)),
    linked: (name, kept) => {
      rmSync(join(folder, 'acme', name));
      symlinkSync(kept, join(folder, 'acme', name));
    },
  };

  it.each(Object.entries(waysBack))(
    'and was before, %s back within the hour, is on record',
    async (way, back) => {
      const name = `back-${way.replaceAll(' ', '-')}.tar.gz`;
      const [earlier, later] = [
        await freezing('github_issue_read'),
        await freezing('github_pull_request_close'),
      ];
      const bundles = [open(), open()];
      const look = () => Promise.all(bundles.map((one) => one.look()));
      put(name, earlier);
      await look();
      for (const turn of [1, 2]) {
        put(name, later);
        await look();
        const kept = join(folder, `kept-${turn}`);
        writeFileSync(kept, earlier);
        back(name, kept);
        await look();
        await look();
        await expect(bundles[0]?.furtherRules(actor, close)).resolves.toEqual([]);
      }
      expect(await eventsOf(name)).toEqual(Array.from({ length: 5 }, () => 'policy.bundle_loaded'));
      // A process that starts later sees what is on record already.
      await open().look();
      expect(await eventsOf(name)).toHaveLength(5);
    },
  );

  it('by a link of the whole folder that is turned back and forth is on record each time', async () => {
    for (const [version, actions] of [
      ['v1', 'github_issue_read'],
      ['v2', 'github_pull_request_close'],
    ] as const) {
      mkdirSync(join(folder, version));
      writeFileSync(join(folder, version, 'turned.tar.gz'), await freezing(actions));
    }
    const bundles = open();
    for (const version of ['v1', 'v2', 'v1', 'v2']) {
      rmSync(join(folder, 'acme'), { recursive: true });
      symlinkSync(join(folder, version), join(folder, 'acme'));
      await bundles.look();
    }
    expect(await eventsOf('turned.tar.gz')).toHaveLength(4);
  });

  it('stays what it was when the next one uses a built-in that is not allowed, named in status and record', async () => {
    put('next.tar.gz', await freezing('github_pull_request_close'));
    const bundles = open();
    await bundles.look();
    const files = await unsignedFiles();
    const source = 'customer/decision.rego';
    files.set(source, Buffer.from(`${files.get(source)?.toString()}\nnow := time.now_ns()\n`));
    put('next.tar.gz', await archive(await sign(files, own)));
    await bundles.look();
    const words = /it uses the built-in time\.now_ns, which is not in customer-capabilities\.json \(customer/;
    expect(bundles.problems()).toEqual([said(expect.stringMatching(words))]);
    expect((await recorded()).filter((line) => line.includes('next.tar.gz'))).toContainEqual(
      expect.stringMatching(words),
    );
    await expect(bundles.furtherRules(actor, close)).resolves.toHaveLength(1);
  });
});

describe('a question that a bundle fails at', () => {
  it.each([
    ['a built-in fails', { action: 'test_fails', name: 5 }, 'its built-in lower failed'],
    ['its rules disagree', { action: 'test_conflicts' }, 'its evaluation failed: customer/decision.rego'],
    [
      'its answer has another form',
      { action: 'test_answers_text' },
      'its decision has another form than agreed',
    ],
    ['it takes too long', { action: 'test_loops', missing_number: 0 }, 'it took longer than 500 ms'],
  ])('is no allowance when %s, and the status says why for an hour', async (_, input, why) => {
    put('fails.tar.gz', opaBundle);
    let at = Date.now();
    const bundles = open(recordEvent, () => new Date(at));
    await bundles.look();
    await expect(bundles.furtherRules(actor, input)).rejects.toThrow(`bundle fails.tar.gz: ${why}`);
    const words = `bundle fails.tar.gz: an action was denied because ${why}`;
    expect(bundles.problems()).toEqual([said(expect.stringContaining(words))]);
    at += 3_599_000;
    expect(bundles.problems()).toHaveLength(1);
    at += 1_000;
    expect(bundles.problems()).toEqual([]);
  });

  it('is told to the other processes, once a minute while it is the same, and they show it too', async () => {
    put('told.tar.gz', opaBundle);
    let at = Date.now();
    const other = open();
    const told: BundleFailure[] = [];
    const bundles = open(
      recordEvent,
      () => new Date(at),
      (failure) => {
        told.push(failure);
        other.hearFailure(failure);
      },
    );
    await Promise.all([bundles.look(), other.look()]);
    const fail = (input: Record<string, unknown>) =>
      expect(bundles.furtherRules(actor, input)).rejects.toThrow('bundle told.tar.gz: ');
    const steps: [Record<string, unknown>, number, number][] = [
      [{ action: 'test_fails', name: 5 }, 0, 1],
      [{ action: 'test_fails', name: 5 }, 59_999, 1],
      [{ action: 'test_fails', name: 5 }, 1, 2],
      [{ action: 'test_answers_text' }, 1, 3],
    ];
    for (const [input, later, times] of steps) {
      at += later;
      await fail(input);
      expect(told).toHaveLength(times);
    }
    expect(told[0]).toEqual({ tenant: 'acme', bundle: 'told.tar.gz', words: 'its built-in lower failed' });
    expect(other.problems()).toEqual(bundles.problems());
    expect(other.problems()).toHaveLength(1);
    // Of a bundle that it doesn't have, a process shows nothing.
    other.hearFailure({ tenant: 'acme', bundle: 'unknown.tar.gz', words: 'x' });
    expect(other.problems()).toHaveLength(1);
  });
});

describe('a process that starts anew', () => {
  const reading = { action: 'github_issue_read', target_system: 'github' };

  it('has no last good bundle: it lets nobody by until the file is good, or gone', async () => {
    put('again.tar.gz', await freezing('github_pull_request_close'));
    const before = open();
    await before.look();
    put('again.tar.gz', await archive(await unsignedFiles()));
    await before.look();
    await expect(before.furtherRules(actor, reading)).resolves.toEqual([]);
    const after = open();
    await expect(after.furtherRules(actor, reading)).rejects.toThrow('it is not signed');
    await expect(after.furtherRules({ ...actor, tenantId: 'globex' }, reading)).resolves.toEqual([]);
    expect(after.problems()).toHaveLength(1);
    put('again.tar.gz', await freezing('github_pull_request_close'));
    await after.look();
    await expect(after.furtherRules(actor, reading)).resolves.toEqual([]);
    await expect(after.furtherRules(actor, close)).resolves.toHaveLength(1);
    rmSync(join(folder, 'acme', 'again.tar.gz'));
    await after.look();
    await expect(after.furtherRules(actor, close)).resolves.toEqual([]);
  });

  it('lets nobody by while the bundle can not be put on record', async () => {
    put('unwritten.tar.gz', await freezing('github_pull_request_close'));
    let away = true;
    const bundles = open(async (...args) => {
      if (away) throw new CodedError('AUDIT_WRITE_FAILED');
      await recordEvent(...args);
    });
    await expect(bundles.furtherRules(actor, reading)).rejects.toThrow('unwritten.tar.gz');
    away = false;
    await bundles.look();
    await expect(bundles.furtherRules(actor, reading)).resolves.toEqual([]);
    await expect(bundles.furtherRules(actor, close)).resolves.toHaveLength(1);
  });
});

describe('a folder that can not be read at the start', () => {
  it('lets nobody by until it can', async () => {
    rmSync(folder, { recursive: true });
    const bundles = open();
    await expect(bundles.furtherRules(actor, close)).rejects.toThrow('can not be read');
    mkdirSync(folder);
    await bundles.look();
    await expect(bundles.furtherRules(actor, close)).resolves.toEqual([]);
  });
});
