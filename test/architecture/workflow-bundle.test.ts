import { DefaultLogger } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import { bundleWorkflows } from '#workers/bundle-workflows.ts';

describe('the workflow bundle', () => {
  it('holds no zod, no node module, and both workflows', async () => {
    const { code } = await bundleWorkflows(new DefaultLogger('ERROR'));
    expect(code).toContain('./workflows/request.ts');
    expect(code).toContain('./workflows/approval.ts');
    expect(code).not.toMatch(/node_modules\/zod\//);
    expect(code).not.toMatch(/\.schema\.ts/);
  });
});
