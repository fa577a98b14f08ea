import { beforeAll, describe, expect, it } from 'vitest';
import { sourceFiles } from '../support/source-files.ts';

let sources: ReadonlyMap<string, string>;
beforeAll(async () => {
  sources = await sourceFiles();
});

const filesWith = (pattern: RegExp) =>
  [...sources].flatMap(([file, text]) => (pattern.test(text) ? [file] : [])).toSorted();

describe('what is said once', () => {
  it('is looked for in hundreds of files', () => {
    expect(sources.size).toBeGreaterThan(500);
  });

  it('starting a workflow: for everybody, for Schedules, for children', () => {
    const ofTheSdk =
      /\bworkflow\s*\.\s*(start|execute|signalWithStart|\w*WithStart)\b|\b(startChild|executeChild|WithStartWorkflowOperation|ScheduleClient)\b|\bschedule\s*\.\s*create\b/;
    expect(filesWith(ofTheSdk)).toEqual([
      'platform/temporal/ensure-schedule.ts',
      'platform/temporal/start-workflow.ts',
      'workflows/start-child.ts',
    ]);
  });

  it('working on a clock, in the processes of the product', () => {
    // Those of the local stack keep a terminal informed and a process alive.
    expect(filesWith(/\bsetInterval\b/)).toEqual(['sandbox/main.ts', 'sandbox/progress.ts']);
    expect(filesWith(/\brepeat\(\{/).length).toBeGreaterThan(5);
  });

  it('putting an event on record: made where a process is put together, and passed on', () => {
    expect(filesWith(/\bcreateRecordEvent\(/)).toEqual([
      'deploy/compose/set-up.ts',
      'deploy/compose/sign-policies.ts',
      'gateway/open-gateway.ts',
      'governance/record.ts',
      'sandbox/parts/first-policies.ts',
      'workers/main.ts',
      'workers/provisioning-main.ts',
    ]);
  });

  it('checking a vote, and what rights somebody has now: made in governance, and passed on', () => {
    const home = 'governance/create-governance.ts';
    expect(filesWith(/\bcreateVoteCheck\(/)).toEqual(['governance/check-approval.ts', home]);
    expect(filesWith(/\bcreateRightsNow\(/)).toEqual([home, 'governance/person/rights-now.ts']);
  });
});
