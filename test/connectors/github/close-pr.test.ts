import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { closePr } from '#connectors/github/actions/close-pr.ts';
import type { GithubClient } from '#connectors/github/client.ts';
import { github } from '#connectors/github/connector.ts';
import { mintPermit } from '#domain/action/permit.ts';
import { createStandInAdmin, type StandInAdmin } from '#sandbox/stand-in/admin-client.ts';
import { startStandInOf, type TestStandIn } from '../start-stand-in.ts';

const permit = mintPermit({ action: closePr.id, runId: 'req_01HZZZZZZZZZZZZZZZZZZZZZZZ/1' });

describe('closing a pull request', () => {
  let standIn: TestStandIn;
  let admin: StandInAdmin;
  let client: GithubClient;
  const signal = new AbortController().signal;

  beforeEach(async () => {
    standIn = await startStandInOf(github);
    admin = createStandInAdmin(standIn.adminUrl);
    client = await github.open({
      secret: standIn.secret,
      variables: {},
      baseUrl: standIn.url,
      timeoutMs: 10_000,
    });
  });
  afterEach(() => standIn.close());

  const close = (pull_number: number) =>
    closePr.run(permit, { repository: 'acme/website', pull_number }, { client, signal });

  it('closes it and says where', async () => {
    const output = await close(9);
    expect(output).toMatchObject({ state: 'closed', merged: false });
    expect((await admin.ledger({ method: 'PATCH' })).map(({ path, body }) => [path, body])).toEqual([
      ['/repos/acme/website/pulls/9', '{"state":"closed"}'],
    ]);
  });

  it('counts one that somebody else closed meanwhile as done', async () => {
    const input = { repository: 'acme/website', pull_number: 4 };
    expect(await closePr.find(permit, input, { client, signal })).toMatchObject({ found: 'yes' });
    expect(await close(4)).toMatchObject({ state: 'closed' });
  });

  it('says that one was merged', () => {
    const input = { repository: 'acme/website', pull_number: 4 };
    const output = { state: 'closed', merged: true, url: 'https://github.com/acme/website/pull/4' } as const;
    expect(closePr.answer(input, output)).toContain('it was merged');
  });

  it('does not take an issue for a pull request', async () => {
    await expect(close(7)).rejects.toMatchObject({ code: 'target_not_found', happened: 'no' });
  });

  it('does not believe an answer that says it is still open', async () => {
    const body = JSON.stringify({ state: 'open', html_url: 'https://github.com/acme/website/pull/9' });
    const fault = {
      kind: 'answer',
      status: 200,
      headers: { 'content-type': 'application/json' },
      body,
    } as const;
    await admin.setFault({ method: 'PATCH', fault });
    await expect(close(9)).rejects.toMatchObject({ code: 'response_invalid', happened: 'unknown' });
  });
});
