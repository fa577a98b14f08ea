import { describe, expect, it, onTestFinished } from 'vitest';
import { putClassification } from '#domain/classification/calls.ts';
import { refusal } from './recorded-answers.ts';
import { on, startRecordedGateway } from './recorded-gateway.ts';
import { newConfigDir, openclaw } from './run-openclaw.ts';

type Replies = Parameters<typeof startRecordedGateway>[0];

const item = 'github:acme/website#7';
const route = on(putClassification, { item });

const done = {
  item_id: item,
  previous_classification: 'internal',
  new_classification: 'restricted',
  override_by: 'acme-admin',
  override_at: '2026-11-21T12:00:00.000Z',
  reason: 'merger',
};

async function classify(words: string[], replies: Replies, flags: string[] = []) {
  const gateway = await startRecordedGateway(replies);
  onTestFinished(() => gateway.close());
  const options = { configDir: newConfigDir(), gateway: gateway.url, token: 'token' };
  return { ...(await openclaw([...flags, 'data', 'classify', ...words], options)), calls: gateway.calls };
}

describe('openclaw data classify', () => {
  it('sends label and reason for exactly that item', async () => {
    const ended = await classify([item, 'restricted', '--reason', 'merger', '--yes'], {
      [route]: { body: done },
    });
    expect(ended).toMatchObject({ code: 0, stdout: `${item} is restricted now; it was internal.\n` });
    expect(ended.calls).toMatchObject([{ body: { classification: 'restricted', reason: 'merger' } }]);
  });

  it('prints the answer as it came with --json', async () => {
    const ended = await classify(
      [item, 'restricted', '--reason', 'merger', '--yes'],
      { [route]: { body: done } },
      ['--json'],
    );
    expect(JSON.parse(ended.stdout)).toEqual(done);
  });

  it.each([
    ['an unknown label', [item, 'secret', '--reason', 'x', '--yes']],
    ['no reason', [item, 'public', '--yes']],
    ['nobody to ask', [item, 'public', '--reason', 'x']],
  ])('sends nothing with %s', async (_what, words) => {
    const ended = await classify(words, { [route]: { body: done } });
    expect(ended.code).not.toBe(0);
    expect(ended.calls).toEqual([]);
  });

  it('says what the gateway refuses', async () => {
    const ended = await classify([item, 'public', '--reason', 'x', '--yes'], {
      [route]: refusal(
        403,
        'CLASSIFICATION_VIOLATION',
        'An administrator of a level above labels this item restricted.',
      ),
    });
    expect(ended.code).not.toBe(0);
    expect(ended.stderr).toContain('labels this item restricted');
  });
});
