import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DefaultLogger } from '@temporalio/worker';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bundleWorkflows } from '#workers/bundle-workflows.ts';
import { admin, asker, lead, signIn } from '../support/cast.ts';
import { startTestProvisioning } from '../support/test-provisioning.ts';
import { startTestWorker, type TestWorker } from '../support/test-worker.ts';
import { historiesFolder, historyOf, type RecordedHistory, replayEnvelope } from './recorded-history.ts';
import { replayHistories } from './replay-histories.ts';
import { scenarios } from './scenarios.ts';

/** The release to keep today's histories for; see README.md here. */
const release = process.env['RECORD_HISTORIES'];

let worker: TestWorker;
let provisioning: { close(): Promise<void> };
const recorded: Record<string, RecordedHistory> = {};

beforeAll(async () => {
  worker = await startTestWorker({ envelope: replayEnvelope() });
  provisioning = await startTestProvisioning(worker);
});
beforeEach(async () => {
  worker.beforeActivity = async () => {};
  await signIn(worker.stores, asker, lead, admin);
});
afterAll(async () => {
  await provisioning?.close();
  await worker?.close();
});

describe("today's workflows", () => {
  it.each(Object.entries(scenarios))('play and record %s', async (name, play) => {
    const history = await historyOf(await play(worker));
    expect(JSON.stringify(history).includes(`@${hostname()}`)).toBe(false);
    recorded[name] = history;
  });

  it('replay what they have just recorded', async () => {
    const bundle = await bundleWorkflows(new DefaultLogger('ERROR'));
    const errors = await replayHistories(bundle, replayEnvelope(), recorded);
    expect(errors).toEqual(Object.fromEntries(Object.keys(scenarios).map((name) => [name, null])));
    if (release !== undefined) keep(join(historiesFolder, release));
  });
});

/** Adds what isn't there yet; what is there stays as it is. */
function keep(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, history] of Object.entries(recorded)) {
    const file = join(folder, `${name}.json`);
    if (!existsSync(file)) writeFileSync(file, `${JSON.stringify(history)}\n`);
  }
}
