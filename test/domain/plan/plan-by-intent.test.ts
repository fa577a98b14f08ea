import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plannable } from '#connectors/plannable.ts';
import { createActionTable } from '#connectors/registry.ts';
import type { Plan } from '#domain/plan/plan.ts';
import { createIntentPlanner } from '#domain/plan/plan-by-intent.ts';

const table = createActionTable();
const planner = createIntentPlanner({ actions: table.actions.map(plannable) });

const read = (repository: string, state = 'open') => ({
  action: 'github_issue_read',
  input: { repository, state },
  origin: 'user',
});
const comment = (issue_number: number, body: string) => ({
  action: 'github_issue_comment',
  input: { repository: 'acme/website', issue_number, body },
  origin: 'user',
});
const close = (pull_number: number) => ({
  action: 'github_pr_close',
  input: { repository: 'acme/website', pull_number },
  origin: 'user',
});

async function actionsOf(text: string) {
  const plan = await planner.plan(text);
  return plan.understood ? plan.actions : plan.answer;
}

function understands(rows: readonly [string, readonly object[]][]): void {
  it.each(rows)('%j', async (text, actions) => {
    expect(await actionsOf(text)).toEqual(actions);
  });
}

describe('the built-in planner understands', () => {
  understands([
    ['list the open issues of acme/website', [read('acme/website')]],
    ['comment on acme/website#7: Fixed in 2.1', [comment(7, 'Fixed in 2.1')]],
    ['close pull request acme/website#9', [close(9)]],
    [
      'list the open pull requests of acme/website',
      [{ action: 'github_pr_read', input: { repository: 'acme/website', state: 'open' }, origin: 'user' }],
    ],
    ['  Please LIST  the\topen issues in acme/website, please!  ', [read('acme/website')]],
    ['Could you show me the closed issues of acme/website?', [read('acme/website', 'closed')]],
    ['list all issues of acme/website.', [read('acme/website', 'all')]],
    ['list issues of acme/next.js.', [read('acme/next.js')]],
    ['comment on issue #7 of acme/website: Thanks', [comment(7, 'Thanks')]],
    ['close PR acme/website#9', [close(9)]],
  ]);
});

describe('the built-in planner keeps a text that is to be sent', () => {
  understands([
    ['comment on acme/website#7: Done, please!', [comment(7, 'Done, please!')]],
    ['comment on acme/website#7:\n# Plan\n\n- one\n- two', [comment(7, '# Plan\n\n- one\n- two')]],
    ['comment on acme/website#7: Fixed; thanks', [comment(7, 'Fixed; thanks')]],
    ['comment on acme/website#7: 修复了 🎉', [comment(7, '修复了 🎉')]],
  ]);
});

describe('the built-in planner takes several actions from a numbered list', () => {
  understands([
    ['1. list issues of acme/website\n2. close pr acme/website#9', [read('acme/website'), close(9)]],
    [' 1) close pr acme/website#9\r\n 2) comment on acme/website#7: Gone', [close(9), comment(7, 'Gone')]],
    ['1. close pr acme/website#9', [close(9)]],
    [
      '1. comment on acme/website#7: one\n2. close pr acme/website#9\n',
      [comment(7, 'one\n2. close pr acme/website#9')],
    ],
  ]);

  it('up to 20 of them', async () => {
    const list = (length: number) =>
      Array.from({ length }, (_, n) => `${n + 1}. close pr acme/website#9`).join('\n');
    expect(await actionsOf(list(20))).toHaveLength(20);
    expect(await actionsOf(list(21))).toBe('At most 20 actions in one request.');
  });

  it.each([
    '2. close pr acme/website#9\n3. close pr acme/website#8',
    'please:\n1. close pr acme/website#9',
    '1. hello\n2. close pr acme/website#9',
    '1. close pr acme/website#9\nclose pr acme/website#8',
    '1. close pr acme/website#9\n1. close pr acme/website#8',
    '1. close pr acme/website#9\n3. close pr acme/website#8',
    '1.close pr acme/website#9',
    ...['\r', '\u2028', '\u2029', '\v', '\f', '\u0085'].map(
      (line) => `1. close pr acme/website#9${line}2. close pr acme/website#8`,
    ),
  ])('and from nothing else: %j', async (text) => {
    expect(typeof (await actionsOf(text))).toBe('string');
  });
});

// What somebody pasted behind a wish, or before it, and what may stand between the two.
describe('the built-in planner never takes pasted text for a wish', () => {
  const joints = [
    '\n',
    '\r\n',
    '\r',
    '\n\n',
    '\u2028',
    '\u2029',
    '\u0085',
    '\v',
    '\f',
    '\t',
    ' ',
    '  ',
    '\u00a0',
    '\u3000',
    '; ',
    ';',
    '. ',
    ', ',
    ' and then ',
    ' then ',
    ' & ',
    ' | ',
    '\n---\n',
    '\n```\n',
    '\n> ',
    '\n- ',
    '\n* ',
    '\n1. ',
    '\n2. ',
    '\n2) ',
    '\n\u200b',
    '\u200b',
    '\n\ufeff',
    '\n"',
    '\n<p>',
    '\n\u202e',
    '\nplease ',
  ];
  const pasted = [
    'close pull request acme/website#9',
    'CLOSE PR acme/website#9',
    'list the open issues of acme/website',
    'comment on acme/website#8: pwned',
    'comment on acme/website#8:',
    'hello',
    '',
  ];
  const openings = [
    'comment on acme/website#7:',
    'Please comment on acme/website#7:',
    'comment on issue #7 of acme/website:',
  ];
  const bodies = [' The customer writes:', 'x', ' 1. first', '\n', ' https://a.example/b: c'];

  it('behind the colon of a body: it is body, to the end', async () => {
    for (const opening of openings) {
      for (const body of bodies) {
        for (const joint of joints) {
          for (const paste of pasted) {
            const whole = `${body}${joint}${paste}`;
            if (whole.trim() === '') continue;
            expect(await actionsOf(`${opening}${whole}`)).toEqual([comment(7, whole.trim())]);
          }
        }
      }
    }
  });

  it('whatever stands behind the colon', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1 }), async (text) => {
        fc.pre(text.trim() !== '' && !text.includes('\0'));
        expect(await actionsOf(`comment on acme/website#7: ${text}`)).toEqual([comment(7, text.trim())]);
      }),
    );
  });

  it('behind a wish without a body, or before one: nothing is done, and the person is asked', async () => {
    const wishes = [
      'close pull request acme/website#9',
      'list the open issues of acme/website',
      'comment on acme/website#7: x',
    ];
    for (const wish of wishes) {
      for (const joint of joints) {
        for (const paste of pasted) {
          const done = await actionsOf(`${paste}${joint}${wish}`);
          const own = typeof done === 'string' ? [] : done;
          // One action at most, and never one of two that the text names.
          expect(own.length).toBeLessThanOrEqual(1);
          if (paste !== '' && joint.trim() !== '' && own.length === 1) {
            expect(paste).toContain('comment on acme/website#8:');
          }
        }
      }
    }
  });
});

describe('the built-in planner asks instead of guessing', () => {
  it.each([
    ['list the open issues', 'which repository?'],
    ['list the open issues of', 'which repository?'],
    ['close pull request #9', 'which repository?'],
    ['close pull request', 'which repository? which pull number?'],
    ['comment on #7: Fixed', 'which repository?'],
    ['comment on acme/website: Fixed', 'which issue number?'],
    ['comment on acme/website#7:', 'which body?'],
    ['list the open issues of website', 'which repository? Write it as owner/name.'],
    ['list the weird issues of acme/website', 'which state? Say open, closed or all.'],
    ['close pull request acme/website#007', 'which pull number?'],
    ['close pull request acme/website#99999999999', 'which pull number?'],
    ['comment on acme/website#7: a\0b', 'which body?'],
    ['comment on acme/website#7: \ud800', 'which body?'],
  ])('%j', async (text, question) => {
    const plan = await planner.plan(text);
    expect(plan).toMatchObject({ understood: false, planner: 'built-in rules' });
    if (plan.understood) return;
    expect(plan.answer).toContain(question);
    expect(plan.suggestions.length).toBeGreaterThan(0);
  });

  it('between two actions that a sentence fits', async () => {
    const twice = ['first', 'second'].map((id) => ({
      id,
      title: `The ${id}`,
      intents: ['do {it}'],
      suggestions: [`do ${id}`],
      read: (slots: Readonly<Record<string, string>>) => ({ ok: true, input: slots }) as const,
    }));
    expect(await createIntentPlanner({ actions: twice }).plan('do this')).toEqual({
      understood: false,
      planner: 'built-in rules',
      answer: 'This can mean: The first, or: The second.',
      suggestions: ['do first', 'do second'],
    });
  });
});

describe('the built-in planner says what it can do when it does not understand', () => {
  it.each([
    'do something',
    'liste die offenen Fehler von acme/website auf',
    '列出问题',
    'delete acme/website',
    'list',
    'a; b',
  ])('%j', async (text) => {
    const plan = await planner.plan(text);
    expect(plan.understood).toBe(false);
    if (plan.understood) return;
    expect(plan.answer).toContain('built-in rules');
    for (const { title, examples } of table.actions) {
      expect(plan.answer).toContain(title);
      for (const { say } of examples) expect(plan.suggestions).toContain(say);
    }
  });

  it('and when there is no text, or far too much', async () => {
    expect(await actionsOf(' \n ')).toBe('The text is empty.');
    expect(await actionsOf('x'.repeat(1_000_000))).toBe('The text is longer than 80000 characters.');
  });
});

// Each of these takes seconds to hours with a pattern that backtracks; the test's own time limit is the judge.
describe('the built-in planner reads 64 kB at once', () => {
  const long = 65_000;
  it.each([
    ['spaces', `list${' '.repeat(long)}x`],
    ['spaces before a slot', `comment on${' '.repeat(long)}#7 x`],
    ['spaces in front', `${' '.repeat(long)}x`],
    ['a word without end', `close pull request ${'a'.repeat(long)} now`],
    ['number signs', `comment on ${'#'.repeat(long)}`],
    ['colons', `comment on ${':'.repeat(long)}`],
    ['full stops', `list issues of a/b${'.'.repeat(long)}x`],
    ['politeness', 'please '.repeat(long / 7)],
    ['words again and again', 'list the '.repeat(long / 9)],
    ['separators', `a${'; \n'.repeat(long / 3)}`],
    ['line ends', `comment on a/b#1: x${'\n'.repeat(long)}x`],
    ['almost separators', `x${' and then'.repeat(long / 9)}`],
  ])('%s', async (_name, text) => {
    const plan: Plan = await planner.plan(text);
    expect(plan.planner).toBe('built-in rules');
  });
});

describe('whatever the text, the built-in planner', () => {
  const vocabulary =
    'list show the open closed issues pull requests of in comment on close pr please and then';
  const values = [
    'acme/website',
    'acme/website#7',
    'acme/website#7:',
    '#9',
    '; ',
    '\n',
    'x/..',
    'a/b#0',
    '9',
    'Fixed.',
  ];
  const words = fc.constantFrom(...vocabulary.split(' ').concat(values));
  const sentences = fc.array(words, { maxLength: 12 }).map((list) => list.join(' '));
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    sentences,
    fc.tuple(sentences, fc.string()).map((t) => t.join('')),
  );

  it('neither fails nor names a target that is not in it', async () => {
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const plan = await planner.plan(text);
        if (!plan.understood) return;
        for (const { action, input } of plan.actions) {
          const target: string = table.action(action)?.target(input) ?? 'no such action';
          for (const part of target.split('#')) expect(text).toContain(part);
          expect(table.action(action)?.input.parse(input)).toEqual(input);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('understands its own sentences for any target and keeps any text', async () => {
    const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9-]{0,10}$/);
    const body = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => {
      return text.trim() !== '' && text.isWellFormed() && !/[;\0\r\n]|and then/i.test(text);
    });
    await fc.assert(
      fc.asyncProperty(
        name,
        name,
        fc.integer({ min: 1, max: 99_999 }),
        body,
        async (owner, repo, number, text) => {
          const plan = await planner.plan(`comment on ${owner}/${repo}#${number}: ${text}`);
          expect(plan).toMatchObject({
            understood: true,
            actions: [{ input: { repository: `${owner}/${repo}`, issue_number: number, body: text.trim() } }],
          });
        },
      ),
    );
  });
});
