import type { AuditEntry } from '#domain/audit/audit.ts';
import type { Envelope } from '#platform/crypto/envelope.ts';
import type { Database } from '#platform/database/pool.ts';
import { jsonText } from '#platform/database/valid-text.ts';
import { auditWrite } from '../audit/ledger.ts';
import { sealEntry } from '../audit/seal-entries.ts';
import type { RowProofs } from '../key/row-proofs.ts';
import { ensureOne, type SubjectStore } from './subjects.ts';

/** The time that a hold covers; `null` = unlimited on that side. */
export interface HeldSpan {
  /** ISO 8601, inclusive. */
  from: string | null;
  /** ISO 8601, exclusive. */
  to: string | null;
}

/** Whose data a hold covers; `null` = everybody's in the tenant. */
export interface HeldPerson extends HeldSpan {
  userId: string | null;
}

export interface NewHold extends HeldPerson {
  id: string;
  reason: string;
}

export interface LegalHold extends HeldSpan {
  id: string;
  /** `null` = the whole tenant. */
  subject: string | null;
  reason: string;
  /** Subject of the person who placed it. */
  placedBy: string;
  placedAt: string;
  releasedBy: string | null;
  /** `null` while it holds. */
  releasedAt: string | null;
}

/** Holds are in the audit database, append-only: dropping a month of entries checks them there. */
export interface LegalHoldStore {
  /**
   * Writes hold and entry together, or neither; the entry gets the subject of the person. Throws `AUDIT_WRITE_FAILED`.
   */
  place(tenantId: string, hold: NewHold, entry: AuditEntry): Promise<void>;
  /** False when there is no such hold or it is over; then nothing is written. */
  release(tenantId: string, holdId: string, entry: AuditEntry): Promise<boolean>;
  /** Newest first, including released ones. */
  list(tenantId: string): Promise<LegalHold[]>;
  /** Ids of the holds in force, even of a tenant whose keys are gone. */
  activeIds(tenantId: string): Promise<string[]>;
}

interface RawHold extends HeldSpan {
  holdId: string;
  subject: string | null;
  sealedReason: string;
  placedBy: string;
  placedAt: string;
  releasedBy: string | null;
  releasedAt: string | null;
}

interface LegalHoldOptions {
  pool: Database;
  subjects: SubjectStore;
  rowProofs: RowProofs;
  envelope: Envelope;
  /** Loads the keys that `envelope` needs for the tenant. */
  ready: (tenantId: string) => Promise<void>;
}

export function createLegalHoldStore(options: LegalHoldOptions): LegalHoldStore {
  const { pool, subjects, rowProofs, envelope, ready } = options;
  async function readRaw(tenantId: string): Promise<readonly RawHold[]> {
    const [row] = await pool.query<{ holds: RawHold[] }>('SELECT ledger.read_holds($1) AS holds', [tenantId]);
    return row?.holds ?? [];
  }
  return {
    place: (tenantId, { id, userId, from, to, reason }, entry) =>
      auditWrite(async () => {
        await ready(tenantId);
        const admin = await ensureOne(subjects, tenantId, entry.userId);
        const held = userId === null ? null : (await ensureOne(subjects, tenantId, userId)).subject;
        const sealedReason = envelope.seal(Buffer.from(reason), placeOf(tenantId, id));
        const hold = {
          holdId: id,
          subject: held,
          from,
          to,
          sealedReason: Buffer.from(sealedReason).toString('base64'),
          placedBy: admin.subject,
        };
        const said = { ...entry, metadata: { ...entry.metadata, subject: held } };
        await pool.query('SELECT ledger.place_hold($1, $2, $3)', [
          tenantId,
          jsonText(hold),
          sealEntry(said, admin, await rowProofs.of(tenantId)),
        ]);
      }),
    release: (tenantId, holdId, entry) =>
      auditWrite(async () => {
        const admin = await ensureOne(subjects, tenantId, entry.userId);
        const [row] = await pool.query<{ released: boolean }>(
          'SELECT ledger.release_hold($1, $2, $3, $4) AS released',
          [tenantId, holdId, admin.subject, sealEntry(entry, admin, await rowProofs.of(tenantId))],
        );
        return row?.released === true;
      }),
    async list(tenantId) {
      await ready(tenantId);
      return (await readRaw(tenantId)).map(({ holdId: id, sealedReason, ...hold }) => ({
        ...hold,
        id,
        reason: Buffer.from(
          envelope.open(Buffer.from(sealedReason, 'base64'), placeOf(tenantId, id)),
        ).toString(),
      }));
    },
    async activeIds(tenantId) {
      const holds = await readRaw(tenantId);
      return holds.filter(({ releasedAt }) => releasedAt === null).map(({ holdId }) => holdId);
    },
  };
}

/** Holds that are in force and cover this person, if a subject is given, or anybody. */
export function activeHolds(holds: readonly LegalHold[], subject?: string | null): LegalHold[] {
  return holds.filter(
    (hold) =>
      hold.releasedAt === null &&
      (subject === undefined || hold.subject === null || hold.subject === subject),
  );
}

function placeOf(tenantId: string, holdId: string): string {
  return `${tenantId}|${holdId}|hold_reason`;
}
