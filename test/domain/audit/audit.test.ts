import { describe, expect, it } from 'vitest';
import { type AuditKey, actionTypeOf, auditEvents, auditKeys } from '#domain/audit/audit.ts';

describe('audit keys', () => {
  it('are all there, each once, as resource and event', () => {
    const keys = auditKeys();
    expect(keys.length).toBe(Object.values(auditEvents).flatMap((events) => Object.keys(events)).length);
    expect(new Set(keys).size).toBe(keys.length);
    for (const key of keys) expect(key).toMatch(/^[a-z_]+\.[a-z_]+$/);
  });

  it.each<[AuditKey, string]>([
    ['github.issue_commented', 'tool_invocation'],
    ['github.issues_read', 'data_access'],
    ['approval.voted', 'policy_decision'],
    ['policy.created', 'policy_change'],
    ['session.refused', 'authentication'],
  ])('%s is a %s', (key, type) => {
    expect(actionTypeOf(key)).toBe(type);
  });

  it.each(['', 'github', 'github.', 'nothing.here'])('%j is none', (text) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what a caller without types could send
    expect(() => actionTypeOf(text as AuditKey)).toThrow(RangeError);
  });
});
