import type { Stores } from '#stores/open-stores.ts';
import { createErasePerson, type ErasePerson } from '../person/erase.ts';
import type { PolicyCache } from '../policy/cache.ts';
import type { RecordEvent } from '../record.ts';
import { createKeepRetention, type KeepRetention } from './keep-retention.ts';
import { createReconcile, type Reconcile } from './reconcile.ts';
import { createReconcileWorkflows, type ReconcileWorkflows } from './reconcile-workflows.ts';

/** After so long an effect without an outcome, and a request that differs from its workflow, is a gap. */
const overdueAfterMs = 3_600_000;

/**
 * Work on the stored data itself: erasing a person, deleting what is past its retention, looking for gaps in the
 * record.
 */
export interface Upkeep {
  erasePerson: ErasePerson;
  keepRetention: KeepRetention;
  reconcile: Reconcile;
  reconcileWorkflows: ReconcileWorkflows;
}

interface UpkeepOptions {
  stores: Pick<
    Stores,
    | 'erasures'
    | 'legalHolds'
    | 'subjects'
    | 'retention'
    | 'contentRetention'
    | 'tenants'
    | 'gaps'
    | 'policies'
    | 'tree'
    | 'auditExport'
    | 'grants'
    | 'sessions'
    | 'modelUsage'
    | 'classifications'
  >;
  governance: { recordEvent: RecordEvent; policyCache: PolicyCache };
  now: () => Date;
}

export function createUpkeep({ stores, governance, now }: UpkeepOptions): Upkeep {
  const { recordEvent, policyCache } = governance;
  return {
    erasePerson: createErasePerson({ stores, recordEvent }),
    keepRetention: createKeepRetention({ stores, readPolicies: policyCache.read, recordEvent, now }),
    reconcile: createReconcile({ ...stores, now, overdueAfterMs }),
    reconcileWorkflows: createReconcileWorkflows({ gaps: stores.gaps, now, overdueAfterMs }),
  };
}
