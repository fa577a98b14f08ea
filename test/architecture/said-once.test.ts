import { describe, expect, it } from 'vitest';
import { filesWith, sourceFiles, topOf } from '../support/imports.ts';

const ofProcesses = sourceFiles.filter((file) => topOf(file) !== 'web');
const filesOfProcessesWith = (pattern: RegExp) => filesWith(ofProcesses, pattern);

describe('what is said once', () => {
  it('is looked for in hundreds of files', () => {
    expect(ofProcesses.length).toBeGreaterThan(500);
  });

  it('starting a workflow: for everybody, for Schedules, for children', () => {
    const ofTheSdk =
      /\bworkflow\s*\.\s*(start|execute|signalWithStart|\w*WithStart)\b|\b(startChild|executeChild|WithStartWorkflowOperation|ScheduleClient)\b|\bschedule\s*\.\s*create\b/;
    expect(filesOfProcessesWith(ofTheSdk)).toEqual([
      'platform/temporal/ensure-schedule.ts',
      'platform/temporal/start-workflow.ts',
      'workflows/start-child.ts',
    ]);
  });

  it('working on a clock, in the processes of the product', () => {
    // Those of the local stack keep a terminal informed and a process alive.
    expect(filesOfProcessesWith(/\bsetInterval\b/)).toEqual(['sandbox/main.ts', 'sandbox/progress.ts']);
    expect(filesOfProcessesWith(/\brepeat\(\{/).length).toBeGreaterThan(5);
  });

  it('putting an event on record: made where a process is put together, and passed on', () => {
    expect(filesOfProcessesWith(/\bcreateRecordEvent\(/)).toEqual([
      'deploy/compose/set-up.ts',
      'deploy/compose/sign-policies.ts',
      'gateway/open-gateway.ts',
      'governance/record.ts',
      'sandbox/parts/demo-policies.ts',
      'workers/main.ts',
      'workers/provisioning-main.ts',
    ]);
  });

  it('checking a vote, and what rights somebody has now: made in governance, and passed on', () => {
    const home = 'governance/create-governance.ts';
    expect(filesOfProcessesWith(/\bcreateVoteCheck\(/)).toEqual(['governance/check-approval.ts', home]);
    expect(filesOfProcessesWith(/\bcreateRightsNow\(/)).toEqual([home, 'governance/person/rights-now.ts']);
  });
});
