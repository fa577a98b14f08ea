import { globSync } from 'node:fs';
import { DefaultLogger, type WorkflowBundle } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundleWorkflows } from '#workers/bundle-workflows.ts';
import { freshEnvelope } from '../support/key-ring.ts';
import { bundleChanged } from './changed-bundle.ts';
import { historiesFolder, type RecordedHistory, readHistory, replayEnvelope } from './recorded-history.ts';
import { replayHistories } from './replay-histories.ts';
import '../support/temporal-runtime.ts';

const files = globSync('*/*.json', { cwd: historiesFolder }).toSorted();
const histories = Object.fromEntries(files.map((file) => [file, readHistory(file)]));
const envelope = replayEnvelope();

const named = (part: string): Record<string, RecordedHistory> =>
  Object.fromEntries(Object.entries(histories).filter(([file]) => file.includes(part)));
const mismatched = (errors: Record<string, string | null>) =>
  Object.keys(errors).filter((file) => errors[file] !== null);

describe('recorded histories', () => {
  let bundle: WorkflowBundle;
  beforeAll(async () => {
    bundle = await bundleWorkflows(new DefaultLogger('ERROR'));
  });

  it('are there, of both workflows and of every way that one can end', () => {
    const ends =
      'answered approved rejected denied withdrawn expired not-understood happened given-up send-again';
    for (const end of ends.split(' ')) {
      expect(files.filter((file) => file.startsWith('v0.1/request-') && file.includes(end))).not.toEqual([]);
    }
    for (const end of ['approved', 'rejected', 'withdrawn', 'expired']) {
      expect(files).toContain(`v0.1/approval-${end}.json`);
    }
  });

  it('are real ones: made by a server, with the flags of the SDK that wrote them, all encrypted', () => {
    for (const { history } of Object.values(histories)) {
      const text = JSON.stringify(history);
      expect(text).toContain('coreUsedFlags');
      expect(text).toContain(Buffer.from('binary/encrypted').toString('base64'));
      expect(text).not.toContain('Fixed in 2.1');
    }
  });

  it('replay on the workflows of today', async () => {
    const errors = await replayHistories(bundle, envelope, histories);
    expect(Object.keys(errors)).toEqual(files);
    expect(mismatched(errors)).toEqual([]);
  });

  it('do not replay without the key they were recorded with', async () => {
    const errors = await replayHistories(bundle, freshEnvelope(), named('approval-approved'));
    expect(mismatched(errors)).toEqual(['v0.1/approval-approved.json', 'v0.2/approval-approved.json']);
  });
});

describe('a change of workflow code that would break what runs is caught', () => {
  it('and one that breaks nothing is not', async () => {
    const change = { file: 'failures.ts', from: 'A refusal that reaches', to: 'A refusal which reaches' };
    const errors = await replayHistories(await bundleChanged(change), envelope, named('approved'));
    expect(Object.keys(errors).length).toBeGreaterThan(2);
    expect(mismatched(errors)).toEqual([]);
  });

  it.each([
    {
      what: 'a step left out',
      change: { file: 'approval.ts', from: 'await expireApproval(requester, question);', to: '' },
      by: 'approval-expired',
    },
    {
      what: 'a step replaced by another',
      change: { file: 'request.ts', from: 'await plan(actor, requestId)', to: 'await act({} as never)' },
      by: 'request-answered',
    },
    {
      what: 'a state no longer shown',
      change: {
        file: 'request.ts',
        from: "show({ state: 'queued', approvalId: question.approvalId });",
        to: '',
      },
      by: 'request-approved',
    },
    {
      what: 'another id of a child',
      change: {
        file: 'request.ts',
        from: 'question.approvalId, question.round)',
        to: 'question.approvalId, 9)',
      },
      by: 'request-waiting',
    },
  ])('$what', async ({ change, by }) => {
    const errors = await replayHistories(await bundleChanged(change), envelope, named(by));
    expect(mismatched(errors)).toEqual(Object.keys(named(by)));
    expect(mismatched(errors)).not.toEqual([]);
  });
});
