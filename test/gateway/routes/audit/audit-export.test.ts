import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { treeHead } from '#domain/audit/statement.schema.ts';
import { findingText } from '#transparency/finding.ts';
import { verifyConsistency, verifyInclusion } from '#transparency/proofs.ts';
import { fromHex } from '#transparency/tree.ts';
import { verifyExport } from '#transparency/verify-export.ts';
import { auditEntry } from '../../../support/examples.ts';
import { newSigner } from '../../../support/sample-export.ts';
import { signHead } from '../../../support/sign-head.ts';
import { openTestGateway, people, type TestGateway } from '../../../support/test-gateway.ts';

const signer = newSigner('k1');
const orgAdmin = {
  ...people.admin,
  sub: 'acme-org-admin',
  groups: ['openclaw-org-admins'],
  orgUnit: 'engineering',
};
let gateway: TestGateway;

beforeAll(async () => {
  gateway = await openTestGateway({ RATE_LIMIT_AUDIT_EXPORTS: '1000' });
});
afterAll(() => gateway?.close());

const checkpoint = () => signHead(gateway.stores, 'acme', { signer });

const get = (url: string, person = people.admin) => gateway.as(person, { url: `/api/v1/audit${url}` });

async function exported(query = '') {
  const { statusCode, rawPayload, headers } = await get(`/export${query}`);
  expect(statusCode).toBe(200);
  return { file: rawPayload, headers };
}

const check = (file: Buffer) => verifyExport({ bytes: [file], trustedKeys: [signer.publicKey] });

describe('the export of the audit log', () => {
  it('waits for the first signed head', async () => {
    const answer = await get('/export');
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toMatchObject({ error: 'AUDIT_NOT_SEALED' });
  });

  it('holds every entry that the newest head covers, and verifies with the public key alone', async () => {
    const entries = Array.from({ length: 2_500 }, (_, n) =>
      auditEntry({ userId: `u${n % 3}`, outcome: n % 10 === 0 ? 'denied' : 'success' }),
    );
    await gateway.stores.ledger.record('acme', { decision: null, entries, dedupeKey: null });
    const head = await checkpoint();
    const { file, headers } = await exported();
    expect(headers['content-disposition']).toBe('attachment; filename="audit-export.json"');
    const verified = await check(file);
    expect(verified.findings.map(findingText)).toEqual([]);
    expect(verified).toMatchObject({ entries: head.claims.size, skipped: 0, header: { head, filters: {} } });
    expect(file.toString()).toContain('"userId":"u1"');
  });

  it('proves a part of the log', async () => {
    const verified = await check((await exported('?outcome=denied&user_id=u1')).file);
    expect(verified.findings).toEqual([]);
    expect(verified).toMatchObject({
      entries: 83,
      header: { filters: { outcome: 'denied', user_id: 'u1' } },
    });
    expect(verified.entries + verified.skipped).toBe(verified.header?.head.claims.size);
  });

  it('shows an erased person as nothing but a name, and verifies all the same', async () => {
    const { stores } = gateway;
    const subject = await stores.subjects.find('acme', 'u2');
    await stores.subjects.erase('acme', subject ?? '');
    const { file } = await exported();
    // Another process may read with the key it holds for half a minute; what is erased here is gone from the database.
    expect(await stores.subjects.find('acme', 'u2')).toBeUndefined();
    expect((await check(file)).findings).toEqual([]);
  });

  it('fails in the verifier when one byte is changed, with the entry named', async () => {
    const { file } = await exported();
    const text = file.toString();
    const id = /"id":"(aud_\w+)"/.exec(text)?.[1] ?? '';
    const at = file.indexOf('"outcome":"', file.indexOf(id)) + '"outcome":"'.length;
    file[at] = (file[at] ?? 0) ^ 1;
    const { ok, findings } = await check(file);
    expect(ok).toBe(false);
    expect(findings.map(({ subject }) => subject)).toContain(`entry ${id} at position 0`);
  });

  it('comes as CSV that no spreadsheet takes for formulas', async () => {
    const formula = auditEntry({ userId: '=HYPERLINK("http://evil.test")', requestId: '+1 "2",\r\n3' });
    await gateway.stores.ledger.record('acme', { decision: null, entries: [formula], dedupeKey: null });
    await checkpoint();
    const { file, headers } = await exported(
      '?format=csv&user_id=%3DHYPERLINK(%22http%3A%2F%2Fevil.test%22)',
    );
    expect(headers['content-type']).toBe('text/csv; charset=utf-8');
    const [head = '', row = ''] = file.toString().split('\r\n', 2);
    expect(head).toBe(
      '"id","tenant_id","user_id","timestamp","action_type","data_classification","policy_applied","policy_result","outcome","request_id"',
    );
    expect(row.startsWith(`"${formula.id}","acme","'=HYPERLINK(""http://evil.test"")",`)).toBe(true);
    const [parsed] = z.array(z.record(z.string(), z.string())).parse(parse(file, { columns: true }));
    expect(parsed).toMatchObject({
      id: formula.id,
      user_id: `'${formula.userId}`,
      request_id: `'${formula.requestId}`,
    });
  });

  it('is for enterprise admins, in two formats, and audited', async () => {
    for (const person of [people.user, people.lead, orgAdmin]) {
      expect((await get('/export', person)).statusCode).toBe(403);
    }
    const wrong = await get('/export?format=xml');
    expect([wrong.statusCode, wrong.body]).toEqual([400, 'Invalid format. Use csv or json.']);
    expect((await get('/export?colour=red')).statusCode).toBe(400);
    const { entries } = await gateway.stores.auditEntries.query('acme', {
      visibility: { kind: 'tenant' },
      filters: { actionType: 'data_access', userId: 'acme-admin' },
      limit: 1,
      offset: 0,
    });
    expect(entries).toMatchObject([
      { event: 'audit.exported', outcome: 'success', actionDetail: 'audit log as csv by user_id' },
    ]);
  });
});

describe('heads and proofs', () => {
  it('are served to whoever may read the log', async () => {
    const head = await checkpoint();
    const answer = await get('/heads?limit=2', people.user);
    const { heads } = z.object({ heads: z.array(treeHead) }).parse(answer.json());
    expect(heads[0]).toEqual(head);
    expect(heads).toHaveLength(2);
    expect((await get('/heads', people.stranger)).json()).toEqual({ heads: [] });
    expect((await get('/keys', people.user)).json()).toMatchObject({
      statements: [{ claims: { keyId: 'k1', publicKey: signer.publicKey } }],
    });
  });

  it('prove one entry to those who may see it', async () => {
    const entry = auditEntry({ userId: 'acme-user' });
    await gateway.stores.ledger.record('acme', { decision: null, entries: [entry], dedupeKey: null });
    expect((await get(`/${entry.id}/proof`)).json()).toMatchObject({ error: 'AUDIT_NOT_SEALED' });
    await checkpoint();
    const answer = await get(`/${entry.id}/proof`, people.user);
    expect(answer.statusCode).toBe(200);
    const { head, position, proof, leaf_hash } = answer.json();
    const inclusion = {
      leafHash: fromHex(leaf_hash),
      position,
      size: head.claims.size,
      proof: proof.map(fromHex),
      root: fromHex(head.claims.rootHash),
    };
    expect(verifyInclusion(inclusion)).toBe(true);
    for (const person of [people.peer, people.stranger])
      expect((await get(`/${entry.id}/proof`, person)).statusCode).toBe(404);
  });

  it('prove that the log only grew', async () => {
    const { head, proof, ...rest } = (await get('/consistency?from=100&to=2000')).json();
    const facts = { from: 100, to: 2000, fromRoot: fromHex(rest.from_root), toRoot: fromHex(rest.to_root) };
    expect(verifyConsistency({ ...facts, proof: proof.map(fromHex) })).toBe(true);
    expect((await get('/consistency?from=1')).json()).toMatchObject({
      to: head.claims.size,
      to_root: head.claims.rootHash,
    });
    expect((await get('/consistency?from=1&to=999999')).json()).toMatchObject({ error: 'AUDIT_NOT_SEALED' });
    expect((await get('/consistency?from=9&to=3')).statusCode).toBe(400);
    expect((await get('/consistency?from=0')).statusCode).toBe(400);
  });
});
