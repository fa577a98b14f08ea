import { describe, expect, it } from 'vitest';
import { createCheckSystem, type SystemChecks } from '#gateway/status/check-system.ts';
import { NotWell, ofAll, type Reason } from '#gateway/status/not-well.ts';

const works = async () => {};
const fails = (cause: unknown) => async () => {
  throw cause;
};
const well: SystemChecks = {
  policyEngine: works,
  database: works,
  audit: works,
  temporal: works,
  cache: works,
  identityProvider: works,
  connectors: { github: works },
};

const about = (problem: string, tenantId: string | null = null): Reason => ({ tenantId, problem });

/** Ways for a part to fail, and what is said of it. */
const ways: [string, () => Promise<unknown>, Reason[]][] = [
  ['with reasons', fails(new NotWell([about('a'), about('b', 'acme')])), [about('a'), about('b', 'acme')]],
  [
    'with an error that may hold anything',
    fails(new Error('postgres://user:secret@host')),
    [ofAll('it does not answer as it should; see the log')],
  ],
  ['with no error at all', fails(undefined), [ofAll('it does not answer as it should; see the log')]],
  ['by never answering', () => new Promise(() => {}), [ofAll('no answer within 20 ms')]],
];

const parts = [
  'policyEngine',
  'database',
  'audit',
  'temporal',
  'cache',
  'identityProvider',
  'github',
] as const;

describe.each(parts)('%s', (part) => {
  it.each(ways)(
    'that fails %s is named with its reasons, heard of once, and again when it is well',
    async (_, check, said) => {
      const checks = { ...well, connectors: { ...well.connectors } };
      const put = (one: () => Promise<unknown>) => {
        if (part === 'github') checks.connectors.github = one;
        else checks[part] = one;
      };
      const heard: unknown[] = [];
      const look = createCheckSystem({
        checks,
        version: '0',
        now: () => new Date(),
        limitMs: 20,
        keptMs: -1,
        onChange: ({ part: which, reasons }) => heard.push([which, reasons]),
      });
      expect((await look()).problems).toEqual([]);
      put(check);
      for (const turn of [1, 2]) {
        const { problems, status } = await look();
        expect([turn, problems]).toEqual([turn, said.map((reason) => ({ part, ...reason }))]);
        expect(JSON.stringify(status)).not.toContain('"problem"');
        expect(status.status).toBe(part === 'identityProvider' ? 'healthy' : 'degraded');
      }
      put(works);
      expect((await look()).problems).toEqual([]);
      expect(heard).toEqual([
        [part, said],
        [part, []],
      ]);
    },
  );
});
