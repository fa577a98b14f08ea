import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  activatePolicy,
  deletePolicy,
  diffPolicy,
  getPolicy,
  listPolicies,
  listPolicyVersions,
  postImpact,
  postNewImpact,
  postPolicy,
  putPolicy,
  rollbackPolicy,
} from '#domain/policy/calls.ts';
import type { PolicyView } from '#domain/policy/change.schema.ts';
import { refusal } from './recorded-answers.ts';
import { on } from './recorded-gateway.ts';
import { asked, digest, first, id, impact, policy, run } from './recorded-policies.ts';
import { newConfigDir } from './run-openclaw.ts';

function file(name: string, text: string): string {
  const path = join(newConfigDir(), name);
  writeFileSync(path, text);
  return path;
}

describe('openclaw policy', () => {
  it('lists what holds, with the filters of the API', async () => {
    const words = [
      'list',
      '--domain',
      'agent-to-agent',
      '--status',
      'active',
      '--level',
      'org',
      '--org-unit',
      'e',
    ];
    const { stdout, calls } = await run(words, {
      [on(listPolicies)]: { body: { policies: [policy], total: 1 } },
    });
    expect(stdout).toContain(
      `${id}  2        active  integrations  org engineering  Engineering GitHub Write`,
    );
    expect(calls[0]?.query).toEqual({
      domain: 'agent-to-agent',
      status: 'active',
      scope_level: 'org',
      org_unit: 'e',
    });
  });

  it('names a version that nothing proves', async () => {
    const forged = { ...first, status: 'draft', unproven: true } as const;
    const list = await run(['list'], { [on(listPolicies)]: { body: { policies: [forged], total: 1 } } });
    expect(list.stdout).toContain('draft, unproven');
    const shown = await run(['show', id, '--at', '1'], { [on(getPolicy, { id })]: { body: forged } });
    expect(shown.stdout).toContain('nothing proves who wrote it');
    const compared = { id, from: 1, to: 2, added: [], removed: [], changed: [], unproven: [2] };
    const diff = await run(['diff', id, '--from', '1', '--to', '2'], {
      [on(diffPolicy, { id })]: { body: compared },
    });
    expect(diff.stdout).toContain('Version 2: nothing proves who wrote it');
  });

  it('shows a version, its rules as YAML', async () => {
    const { stdout, calls } = await run(['show', id, '--at', '1'], {
      [on(getPolicy, { id })]: { body: first },
    });
    expect(stdout).toMatch(/Policy: +pol_\w+, version 1 \(deprecated\)/);
    expect(stdout).toContain('Rules:\n  default_permission: read\n');
    expect(calls[0]?.query).toEqual({ version: '1' });
  });

  it('creates a draft from a file, and something that holds at once only after a yes', async () => {
    const path = file(
      'policy.yaml',
      'name: N\ndomain: actions\nscope: {level: team, org_unit: a/b}\nrules: {default_autonomy: block}\n',
    );
    const replies = {
      [on(postPolicy)]: { status: 201, body: { ...policy, version: 1, status: 'draft' } },
      [on(postNewImpact)]: { body: impact },
    };
    const made = await run(['create', '--file', path, '--reason', 'safer'], replies);
    expect(made).toMatchObject({ code: 0, stdout: `Version 1 of ${id} is draft.\n` });
    expect(made.calls[0]?.body).toEqual({
      name: 'N',
      domain: 'actions',
      scope: { level: 'team', org_unit: 'a/b' },
      status: 'draft',
      rules: { default_autonomy: 'block' },
      change_reason: 'safer',
    });
    const unasked = await run(['create', '--file', path, '--reason', 'safer', '--active'], replies);
    expect(unasked).toMatchObject({ code: 2, calls: [{ path: '/api/v1/policies/impact' }] });
    const agreed = await run(['create', '--file', path, '--reason', 'safer', '--active', '--yes'], replies);
    expect(agreed.calls[1]?.body).toMatchObject({ status: 'active', impact_digest: digest });
  });

  it.each([
    ['no YAML', 'name: [', 'Neither YAML nor JSON'],
    ['a list', '- a', 'Not a policy'],
    ['an unknown field', 'nam: x', 'Not a policy'],
  ])('sends nothing when the file is %s', async (_, text, words) => {
    const ended = await run(['create', '--file', file('p.yaml', text), '--reason', 'r'], {});
    expect(ended).toMatchObject({ code: 2, calls: [] });
    expect(ended.stderr).toContain(words);
  });

  it('edits from a file: shows what is different, and changes exactly the version that it showed', async () => {
    const { code, stdout, stderr, calls } = await run(
      ['edit', id, '--file', '-', '--reason', 'no jira', '--yes'],
      {
        ...asked,
        [on(getPolicy, { id })]: { body: policy },
        [on(putPolicy, { id })]: { body: { ...policy, version: 3 } },
      },
      { stdin: '{"rules": {"allowed_connectors": ["github"], "default_permission": "read"}}' },
    );
    expect({ code, stdout }).toEqual({ code: 0, stdout: `Version 3 of ${id} is active.\n` });
    expect(stderr).toContain('- rules.allowed_connectors[]: "jira"');
    expect(stderr).toContain('newly blocked: 7 decisions of 1 person');
    expect(stderr).toContain('Grants more than before: default_permission: read -> read_write');
    expect(calls[1]?.body).toEqual({
      name: policy.name,
      rules: { allowed_connectors: ['github'], default_permission: 'read' },
    });
    expect(calls[2]?.headers['if-match']).toBe('"2-active"');
    expect(calls[2]?.body).toEqual({
      rules: { allowed_connectors: ['github'], default_permission: 'read' },
      change_reason: 'no jira',
      impact_digest: digest,
    });
  });

  it('edits in an editor', async () => {
    const editor = file(
      'editor',
      '#!/bin/sh\nsed -i "s/default_permission: read/default_permission: read_write/" "$1"\n',
    );
    chmodSync(editor, 0o700);
    const ended = await run(
      ['edit', id, '--reason', 'r', '--yes', '--status', 'draft'],
      {
        [on(getPolicy, { id })]: { body: policy },
        [on(putPolicy, { id })]: { body: { ...policy, version: 3, status: 'draft' } },
      },
      { env: { EDITOR: editor } },
    );
    expect(ended.code).toBe(0);
    expect(ended.stderr).toContain('~ rules.default_permission: "read" -> "read_write"');
    expect(ended.calls[1]?.body).toMatchObject({
      status: 'draft',
      rules: { allowed_connectors: ['github', 'jira'], default_permission: 'read_write' },
    });
  });

  it('sends nothing when the editor fails, is missing, or cannot be asked for', async () => {
    const replies = { [on(getPolicy, { id })]: { body: policy } };
    const failed = await run(['edit', id, '--reason', 'r', '--yes'], replies, { env: { EDITOR: 'false' } });
    expect(failed).toMatchObject({ code: 1, calls: [{ method: 'GET' }] });
    const missing = await run(['edit', id, '--reason', 'r', '--yes'], replies);
    expect(missing).toMatchObject({ code: 2, calls: [{ method: 'GET' }] });
    const json = await run(['edit', id, '--reason', 'r', '--yes', '--json'], replies);
    expect(json).toMatchObject({ code: 2, calls: [] });
  });

  it('shows the difference of two versions', async () => {
    const difference = {
      id,
      from: 1,
      to: 2,
      added: [{ path: 'rules.x', value: 1 }],
      removed: [],
      changed: [],
    };
    const replies = {
      [on(getPolicy, { id })]: { body: policy },
      [on(diffPolicy, { id })]: { body: difference },
    };
    const { stdout, calls } = await run(['diff', id], replies);
    expect(stdout).toBe('+ rules.x: 1\n');
    expect(calls[1]?.query).toEqual({ from: '1', to: '2' });
  });

  it('activates a draft after showing what is different from what holds', async () => {
    const draft: PolicyView = {
      ...policy,
      version: 3,
      status: 'draft',
      rules: { default_permission: 'read' },
    };
    const { stderr, calls } = await run(['activate', id, '--reason', 'agreed', '--yes'], {
      ...asked,
      [on(getPolicy, { id })]: { body: draft },
      [on(listPolicyVersions, { id })]: { body: { id, versions: [draft, policy, first] } },
      [on(activatePolicy, { id })]: { body: { ...draft, status: 'active' } },
    });
    expect(stderr).toContain('- rules.allowed_connectors: ["github","jira"]');
    const sent = calls.at(-1);
    expect([sent?.body, sent?.headers['if-match']]).toEqual([
      { version: 3, change_reason: 'agreed', impact_digest: digest },
      '"3-draft"',
    ]);
  });

  it('goes back to an older version', async () => {
    const { code, calls } = await run(['rollback', id, '--to', '1', '--reason', 'worse', '--yes'], {
      ...asked,
      [on(getPolicy, { id })]: ({ query }) => ({ body: query['version'] === '1' ? first : policy }),
      [on(listPolicyVersions, { id })]: { body: { id, versions: [policy, first] } },
      [on(rollbackPolicy, { id })]: { body: { ...policy, version: 3 } },
    });
    expect(code).toBe(0);
    expect(calls.at(-2)?.body).toEqual({ to_version: 1 });
    expect(calls.at(-1)?.body).toEqual({ to_version: 1, change_reason: 'worse', impact_digest: digest });
  });

  it('ends a policy, and says which before', async () => {
    const replies = {
      ...asked,
      [on(getPolicy, { id })]: { body: policy },
      [on(deletePolicy, { id })]: { body: { ...policy, status: 'deprecated' } },
    };
    const done = await run(['deprecate', id, '--reason', 'over', '--yes', '--json'], replies);
    expect(done.json()).toMatchObject({ status: 'deprecated' });
    expect(done.calls[2]?.body).toEqual({ change_reason: 'over', impact_digest: digest });
    const unasked = await run(['deprecate', id, '--reason', 'over'], replies);
    expect(unasked).toMatchObject({
      code: 2,
      calls: [{ method: 'GET' }, { path: expect.stringMatching(/impact$/) }],
    });
    const unsaid = await run(['deprecate', id, '--yes'], replies);
    expect(unsaid).toMatchObject({ code: 2, calls: [] });
  });

  it.each([
    [refusal(412, 'POLICY_CHANGED', 'The policy is no longer what you saw. Look again.'), 1],
    [refusal(409, 'POLICY_DEPRECATED', 'What is deprecated does not come back.'), 1],
    [refusal(403, 'forbidden', 'Your role does not allow this.'), 4],
    [refusal(503, 'AUDIT_WRITE_FAILED', 'The audit record could not be written.'), 5],
  ])('passes the refusal %# on', async (reply, code) => {
    const ended = await run(['deprecate', id, '--reason', 'over', '--yes'], {
      ...asked,
      [on(getPolicy, { id })]: { body: policy },
      [on(deletePolicy, { id })]: reply,
    });
    expect(ended).toMatchObject({ code, stdout: '' });
    expect(ended.stderr).toContain(reply.body.message);
  });

  it('tells every violation of the levels above', async () => {
    const reply = refusal(
      400,
      'POLICY_HIERARCHY_VIOLATION',
      'The policy allows more than a level above it grants.',
    );
    const detail = [
      'default_autonomy: autonomous is less restrictive than …',
      'allowed_connectors: x would expand …',
    ];
    const ended = await run(
      ['edit', id, '--file', '-', '--reason', 'r', '--yes'],
      {
        [on(getPolicy, { id })]: { body: policy },
        [on(postImpact, { id })]: { ...reply, body: { ...reply.body, detail } },
      },
      { stdin: 'name: x' },
    );
    expect(ended.code).toBe(1);
    for (const sentence of detail) expect(ended.stderr).toContain(sentence);
  });
});
