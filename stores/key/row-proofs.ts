import { CodedError } from '#domain/error.ts';
import { canonicalJson } from '#platform/crypto/canonical-json.ts';
import type { DataKeyStore } from './data-keys.ts';

/** What is proven of one row: every value that carries authority, the row's id among them. */
export type Statement = Readonly<Record<string, unknown>>;

/** Proofs of one tenant. Use them at once: its keys are looked at again by `of`. */
export interface TenantProofs {
  /** `kind`: of which rows it is. What is proven of one kind proves nothing of another. */
  prove(kind: string, statement: Statement): Uint8Array;
  /** False for no proof, and for one of anything else. */
  isProven(kind: string, statement: Statement, proof: Uint8Array | null): boolean;
}

/**
 * Proofs that a row was written by a process of this installation: whoever has only the database can't make one, nor
 * move one to another row, tenant or value. A proof is an envelope around nothing, whose place is the statement
 * (AES-256-GCM as a MAC), under the tenant's data key; it names the key, so that older keys go on proving.
 */
export interface RowProofs {
  /** Throws `DATABASE_UNAVAILABLE`; `CONTENT_UNREADABLE` where the tenant's keys can't be opened: nothing is told then. */
  of(tenantId: string): Promise<TenantProofs>;
}

const nothing = new Uint8Array();

export function createRowProofs({ envelope, ready }: Pick<DataKeyStore, 'envelope' | 'ready'>): RowProofs {
  return {
    async of(tenantId) {
      await ready(tenantId);
      const placeOf = (kind: string, statement: Statement) =>
        `${tenantId}|proof|${kind}|${canonicalJson(statement)}`;
      // Without keys nothing could be told from what is forged.
      envelope.seal(nothing, placeOf('none', {}));
      return {
        prove: (kind, statement) => envelope.seal(nothing, placeOf(kind, statement)),
        isProven(kind, statement, proof) {
          if (proof === null) return false;
          try {
            return envelope.open(proof, placeOf(kind, statement)).length === 0;
          } catch (error) {
            if (error instanceof CodedError && error.code === 'CONTENT_UNREADABLE') return false;
            throw error;
          }
        },
      };
    },
  };
}
