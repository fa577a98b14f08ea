import { auditHeads, auditProof } from '#domain/audit/answers.schema.ts';
import { auditEntryView, auditPage } from '#domain/audit/audit.schema.ts';
import { getAuditEntry, getAuditProof, listAuditEntries, listAuditHeads } from '#domain/audit/calls.ts';
import { answers, type Recording } from '../../support/recorded-gateway.ts';
import { recordedHead } from '../recorded-log.ts';
import type { OnRecord } from './on-record.ts';

export function auditAnswers(record: OnRecord): Recording[] {
  const named = (id: string) => record.auditPages.flat().find((one) => one.id === id);
  return [
    answers(listAuditEntries, ({ query: { cursor = '0', outcome } }) => {
      const page = Number(cursor);
      const pages = record.auditPages;
      const entries = (pages[page] ?? []).filter((one) => outcome === undefined || one.outcome === outcome);
      const next_cursor = page + 1 < pages.length ? String(page + 1) : null;
      const facts = { total: pages.flat().length, total_exact: true, limit: 50, offset: 0, next_cursor };
      return { body: auditPage.parse({ ...facts, entries }) };
    }),
    answers(listAuditHeads, () => ({
      body: auditHeads.parse({ heads: record.sealed ? [recordedHead] : [] }),
    })),
    answers(getAuditEntry, ({ params: { id } }) => {
      const entry = named(id);
      return entry && { body: auditEntryView.parse(entry) };
    }),
    answers(getAuditProof, ({ params: { id } }) => {
      const leaf_hash = named(id)?.leaf_hash;
      if (leaf_hash === undefined) return undefined;
      if (!record.sealed) {
        return { status: 409, body: { error: 'AUDIT_NOT_SEALED', message: 'Not sealed yet.' } };
      }
      const shown = { entry: {}, reveal: null, closed: null, problem: null };
      const proof = {
        entry_id: id,
        position: 7,
        leaf_hash,
        ...shown,
        proof: [leaf_hash],
        head: recordedHead,
      };
      return { body: auditProof.parse(proof) };
    }),
  ];
}
