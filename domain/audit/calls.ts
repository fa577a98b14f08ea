import { type AnyOf, get } from '../call.ts';
import type {
  AuditConsistency,
  AuditHeads,
  AuditKeys,
  AuditProof,
  ConsistencyQuery,
  HeadsQuery,
} from './answers.schema.ts';
import type { AuditEntryView, AuditExportQuery, AuditPage, AuditQuery } from './audit.schema.ts';

export const listAuditEntries = get('/api/v1/audit')<{ query: AnyOf<AuditQuery>; answer: AuditPage }>();
export const getAuditEntry = get('/api/v1/audit/:id')<{ answer: AuditEntryView }>();
/** The file as the gateway sends it, piece by piece. */
export const exportAudit = get('/api/v1/audit/export')<{
  query: AnyOf<AuditExportQuery>;
  answer: unknown;
}>();
export const listAuditHeads = get('/api/v1/audit/heads')<{ query: AnyOf<HeadsQuery>; answer: AuditHeads }>();
export const listAuditKeys = get('/api/v1/audit/keys')<{ answer: AuditKeys }>();
export const getConsistency = get('/api/v1/audit/consistency')<{
  query: ConsistencyQuery;
  answer: AuditConsistency;
}>();
/** Waits a little for the next head if none covers the entry yet. */
export const getAuditProof = get('/api/v1/audit/:id/proof', { waitMs: 60_000 })<{ answer: AuditProof }>();
