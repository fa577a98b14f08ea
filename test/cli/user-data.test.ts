import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  deleteLegalHold,
  eraseUserData,
  exportUserData,
  getErasure,
  listLegalHolds,
  postLegalHold,
} from '#domain/person/calls.ts';
import type { LegalHoldView } from '#domain/person/legal-hold.schema.ts';
import type { ErasureView } from '#domain/person/user-data.schema.ts';
import { refusal } from './recorded-answers.ts';
import { on, startRecordedGateway } from './recorded-gateway.ts';
import { newConfigDir, openclaw } from './run-openclaw.ts';

type Replies = Parameters<typeof startRecordedGateway>[0];

async function run(words: string[], replies: Replies) {
  const gateway = await startRecordedGateway(replies);
  onTestFinished(() => gateway.close());
  const options = { configDir: newConfigDir(), gateway: gateway.url, token: 'token' };
  return { ...(await openclaw(words, options)), calls: gateway.calls };
}

const at = '2026-11-21T12:00:00.000Z';
const holdId = 'hld_01JD3Z5W7M8N9P0Q1R2S3T4V5Y';

const erasure: ErasureView = {
  id: 'ers_01JD3Z5W7M8N9P0Q1R2S3T4V5Y',
  tenant_id: 'acme',
  user_id: 'acme-user',
  subject: 'sub_01JD3Z5W7M8N9P0Q1R2S3T4V5Y',
  state: 'done',
  requested_at: at,
  erased_at: at,
  erased: { contents: 7, requests: 2, approvals: 1, votes: 0, sessions: 1, audit_entries: 0 },
  held_back: [{ what: 'contents and audit entries', count: 3, why: 'case 7', hold_id: holdId }],
  open_requests: [],
};

const hold: LegalHoldView = {
  id: holdId,
  user_id: 'acme-user',
  from: null,
  to: at,
  reason: 'case 7',
  placed_by: 'acme-admin',
  placed_at: at,
  released_by: null,
  released_at: null,
};

describe('openclaw user-data', () => {
  const exporting = {
    [on(exportUserData, { user_id: 'acme-user' })]: { body: { user_id: 'acme-user', requests: [] } },
  };

  it('exports to standard output, or into a file that others can’t read', async () => {
    const printed = await run(['user-data', 'export', 'acme-user', '--json'], exporting);
    expect(printed.json()).toEqual({ user_id: 'acme-user', requests: [] });
    const file = join(newConfigDir(), 'user.json');
    const written = await run(['user-data', 'export', 'acme-user', '--out', file], exporting);
    expect(written.code).toBe(0);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ user_id: 'acme-user', requests: [] });
    expect(statSync(file).mode & 0o077).toBe(0);
  });

  const path = on(eraseUserData, { user_id: 'acme-user' });

  it('erases after a yes only, and says what a hold keeps', async () => {
    const words = ['user-data', 'erase', 'acme-user', '--reason', 'they asked'];
    const unsaid = await run(words, { [path]: { body: erasure } });
    expect([unsaid.code, unsaid.calls]).toEqual([2, []]);
    const { code, stdout, calls } = await run([...words, '--yes'], { [path]: { body: erasure } });
    expect(code).toBe(0);
    expect(calls[0]?.body).toEqual({ reason: 'they asked' });
    expect(stdout).toContain('contents: 7');
    expect(stdout).toContain(`contents and audit entries (3): case 7 [${holdId}]`);
  });

  it('names the open requests that an erasure waits for', async () => {
    const waiting = { ...erasure, state: 'waiting', erased: null, held_back: [], open_requests: ['req_1'] };
    const { stdout } = await run(['user-data', 'erasure', erasure.id], {
      [on(getErasure, { id: erasure.id })]: { body: waiting },
    });
    expect(stdout).toContain('req_1');
    expect(stdout).toContain(`openclaw user-data erasure ${erasure.id}`);
  });
});

describe('openclaw hold', () => {
  it('lists, places and releases', async () => {
    const listed = await run(['hold', 'list'], {
      [on(listLegalHolds)]: { body: { total: 1, holds: [hold] } },
    });
    expect(listed.stdout).toMatch(/hld_\S+ +holds +2026-11-21 +acme-user +case 7/);
    const placed = await run(['hold', 'place', '--user', 'acme-user', '--to', at, '--reason', 'case 7'], {
      [on(postLegalHold)]: { status: 201, body: hold },
    });
    expect(placed.calls[0]?.body).toEqual({ user_id: 'acme-user', to: at, reason: 'case 7' });
    const over = { ...hold, released_by: 'acme-admin', released_at: at };
    const released = await run(['hold', 'release', holdId, '--reason', 'settled', '--yes'], {
      [on(deleteLegalHold, { id: holdId })]: { body: over },
    });
    expect(released.calls[0]?.body).toEqual({ reason: 'settled' });
    expect(released.stdout).toContain('is over');
  });

  it('says a wrong time before anything is sent, and the gateway’s no after it', async () => {
    const wrong = await run(['hold', 'place', '--from', 'yesterday', '--reason', 'x'], {});
    expect([wrong.code, wrong.calls]).toEqual([2, []]);
    const refused = await run(['hold', 'release', holdId, '--reason', 'x', '--yes'], {
      [on(deleteLegalHold, { id: holdId })]: refusal(
        409,
        'HOLD_RELEASED',
        'This legal hold is over already.',
      ),
    });
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('over already')]);
  });
});
