import { appendFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Octokit } from '@octokit/rest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGithubClient } from '#connectors/github/client.ts';
import { github } from '#connectors/github/connector.ts';
import { findComment } from '#connectors/github/find-comment.ts';
import { withMarker } from '#connectors/github/marker.ts';
import { createStandInAdmin, type StandInAdmin } from '#sandbox/stand-in/admin-client.ts';
import { type RunningStandIn, startStandIn } from '#sandbox/stand-in/start.ts';
import { standInAppToken } from '#sandbox/stand-ins/github/seed.ts';
import { standIn as declared } from '#sandbox/stand-ins/github/stand-in.ts';
import { patience } from '../../support/patience.ts';

const parts = { connector: github, standIn: declared };
const ignore = () => {};
const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const issue = { owner: 'acme', repo: 'website', issue_number: 7 };

describe('the GitHub stand-in', () => {
  let dataDir: string;
  let standIn: RunningStandIn;
  let admin: StandInAdmin;
  let octokit: Octokit;

  const start = async () => {
    standIn = await startStandIn({ ...parts, port: 0, dataDir, host: '127.0.0.1' });
    admin = createStandInAdmin(standIn.adminUrl);
    octokit = new Octokit({
      auth: declared.secret['access_token'],
      baseUrl: standIn.url,
      log: silent,
    });
  };
  const comment = (body: string) => octokit.rest.issues.createComment({ ...issue, body });
  const bodies = async () => (await octokit.rest.issues.listComments(issue)).data.map(({ body }) => body);

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'openclaw-github-'));
    await start();
  });
  afterEach(async () => {
    await standIn.close();
    await rm(dataDir, { recursive: true });
  });

  it('says on every answer that it is not github.com', async () => {
    const { headers } = await octokit.rest.issues.get(issue);
    expect(headers['x-stand-in']).toContain('not github.com');
  });

  it('shows a labelled page where its links lead, and none of its markup comes from outside', async () => {
    const { data } = await comment('<script>alert(1)</script> <!-- openclaw:aa -->');
    const page = await fetch(data.html_url, { headers: { accept: 'text/html' } });
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    const html = await page.text();
    expect(html).toContain('local stand-in for GitHub');
    expect(html).toContain('&lt;script&gt;alert(1)');
    expect(html).not.toContain('<script>');
    expect(html).not.toContain('openclaw:aa');
    const missing = await fetch(`${standIn.url}/acme/website/issues/4711`, {
      headers: { accept: 'text/html' },
    });
    expect(missing.status).toBe(404);
    expect(await admin.ledger({ method: 'GET' })).toEqual([]);
  });

  it('listens on this machine only', async () => {
    await expect(startStandIn({ ...parts, port: 0, dataDir, host: '0.0.0.0' })).rejects.toThrow(
      'this machine only',
    );
  });

  it.each([undefined, '', 'gho_other'])('takes no token but its own: %j', async (auth) => {
    const stranger = new Octokit({ auth, baseUrl: standIn.url, log: silent });
    await expect(stranger.rest.issues.get(issue)).rejects.toMatchObject({ status: 401 });
    expect(await admin.ledger()).toEqual([]);
  });

  it('plays the installation of an App: it has no user, is the viewer, and finds what it wrote', async () => {
    const token = standInAppToken;
    const app = new Octokit({ auth: token, baseUrl: standIn.url, log: silent });
    await expect(app.rest.users.getAuthenticated()).rejects.toMatchObject({ status: 403 });
    const client = createGithubClient({ token, baseUrl: standIn.url, timeoutMs: 5_000 });
    const context = { client, signal: new AbortController().signal };
    const looked = { repository: 'acme/website', issueNumber: 7, context };
    // The answer gets lost, so that only a look can tell.
    await admin.setFault({ method: 'POST', path: '/comments$', fault: { kind: 'drop_answer' } });
    const body = withMarker('from an App', 'req_1/1');
    await expect(app.rest.issues.createComment({ ...issue, body })).rejects.toThrow();
    expect(await findComment({ ...looked, runId: 'req_1/1' })).toMatchObject({ body });
    expect(await findComment({ ...looked, runId: 'req_2/1' })).toBeUndefined();
    expect((await admin.arrivals()).map(({ path }) => path)).toContain('/graphql');
    expect(await admin.ledger({ method: 'POST' })).toHaveLength(1);
    // Who it is can't be told by anything else.
    await admin.setFault({ path: '/graphql$', fault: { kind: 'answer', status: 502 } });
    await expect(findComment({ ...looked, runId: 'req_1/1' })).rejects.toThrow();
  });

  it('writes down what reached the provider, in order', async () => {
    await comment('one <!-- openclaw:aa --> two <!-- openclaw:bb -->');
    await octokit.rest.issues.get(issue);
    await expect(comment(' ')).rejects.toMatchObject({ status: 422 });
    expect(await admin.ledger()).toMatchObject([
      { seq: 1, method: 'POST', status: 201, marker: 'bb' },
      { seq: 2, method: 'GET', path: '/repos/acme/website/issues/7', marker: null, body: null },
      { seq: 3, method: 'POST', status: 422, marker: null },
    ]);
  });

  it('comes back as it was', async () => {
    await octokit.rest.pulls.update({ owner: 'acme', repo: 'website', pull_number: 9, state: 'closed' });
    await expect(comment(' ')).rejects.toMatchObject({ status: 422 });
    const { data } = await comment('still here');
    const before = await admin.ledger();
    await standIn.close();
    await start();
    expect(await admin.ledger()).toEqual(before);
    expect((await octokit.rest.issues.listComments(issue)).data.at(-1)).toMatchObject({
      id: data.id,
      body: 'still here',
    });
    const { data: pull } = await octokit.rest.pulls.get({ owner: 'acme', repo: 'website', pull_number: 9 });
    expect(pull.state).toBe('closed');
  });

  it('gives a number after the last one once it comes back', async () => {
    await comment('first');
    await standIn.close();
    appendFileSync(join(dataDir, 'github-ledger.jsonl'), '{"seq":2,"time":"cut by a cra');
    await start();
    await comment('second');
    await standIn.close();
    await start();
    const writes = await admin.ledger({ method: 'POST' });
    expect(writes.map(({ seq }) => seq)).toEqual([1, 2]);
    expect((await bodies()).slice(-2)).toEqual(['first', 'second']);
  });

  it('makes a fault as often as asked, for the calls it is meant for', async () => {
    await admin.setFault({
      method: 'post',
      path: '/issues/7/',
      times: 2,
      fault: { kind: 'answer', status: 503 },
    });
    await octokit.rest.issues.get(issue);
    await expect(comment('one')).rejects.toMatchObject({ status: 503 });
    await expect(comment('two')).rejects.toMatchObject({ status: 503 });
    await comment('three');
    expect((await admin.ledger({ method: 'POST' })).length).toBe(1);
    expect((await admin.arrivals()).map(({ fault }) => fault)).toEqual([null, 'answer', 'answer', null]);
  });

  it('forgets faults when told to', async () => {
    await admin.setFault({ times: null, fault: { kind: 'reset' } });
    await admin.clearFaults();
    await comment('hello');
    expect(await admin.ledger()).toHaveLength(1);
  });

  it.each([
    [{ kind: 'drop_answer' }, 1],
    [{ kind: 'answer', status: 500, reaches: true }, 1],
    [{ kind: 'answer', status: 500 }, 0],
    [{ kind: 'reset' }, 0],
  ] as const)('%j lets the write through so often: %i', async (fault, times) => {
    await admin.setFault({ fault });
    await expect(comment('hello')).rejects.toThrow();
    expect(await admin.ledger()).toHaveLength(times);
  });

  it('delivers late although the caller was cut off', async () => {
    const ms = 100;
    await admin.setFault({ fault: { kind: 'deliver_late', ms, cut: true } });
    await expect(comment('late')).rejects.toThrow();
    await expect.poll(() => admin.ledger(), patience).toHaveLength(1);
    const [[arrival], [delivery]] = await Promise.all([admin.arrivals(), admin.ledger()]);
    const travelledMs = Date.parse(delivery?.time ?? '') - Date.parse(arrival?.time ?? '');
    // A timer may be early by one.
    expect(travelledMs).toBeGreaterThanOrEqual(ms - 1);
  });

  it('delivers late although the caller gave up', async () => {
    await admin.setFault({ fault: { kind: 'deliver_late', ms: 2_500, cut: false } });
    const patienceOfCaller = new AbortController();
    const request = { signal: patienceOfCaller.signal };
    const sent = octokit.rest.issues.createComment({ ...issue, body: 'late', request }).then(
      () => 'answered',
      () => 'gave up',
    );
    await expect.poll(() => admin.arrivals(), patience).toHaveLength(1);
    patienceOfCaller.abort();
    expect(await sent).toBe('gave up');
    expect(await admin.ledger()).toEqual([]);
    await expect.poll(() => admin.ledger(), patience).toHaveLength(1);
  });

  it('holds a call before the provider until it is released, or loses it', async () => {
    for (const [what, reached] of [
      ['goes on', 1],
      ['is lost', 1],
    ] as const) {
      const { id } = await admin.setFault({
        method: 'POST',
        fault: { kind: 'pause', at: 'before_provider' },
      });
      const sent = comment(what).then(
        () => 'answered',
        () => 'failed',
      );
      expect(await admin.waitForPause(id)).toMatchObject({ method: 'POST' });
      expect(await admin.release(id, what)).toBe(1);
      expect(await sent).toBe(what === 'goes on' ? 'answered' : 'failed');
      expect(await admin.ledger({ method: 'POST' })).toHaveLength(reached);
    }
  });

  it('holds an answer after the provider has acted', async () => {
    const { id } = await admin.setFault({ method: 'POST', fault: { kind: 'pause', at: 'before_answer' } });
    const sent = comment('acted');
    await admin.waitForPause(id);
    expect(await admin.ledger()).toHaveLength(1);
    await admin.release(id);
    expect((await sent).status).toBe(201);
  });

  it('says what is wrong with an order for a fault', async () => {
    await expect(admin.setFault({ path: '(', fault: { kind: 'reset' } })).rejects.toThrow('400');
    await expect(admin.waitForPause('fault-9', 50)).rejects.toThrow('paused nothing');
    await expect(admin.release('fault-9')).resolves.toBe(0);
  });
});
