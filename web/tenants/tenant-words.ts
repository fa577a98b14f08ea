import type { TenantView } from '#domain/tenant/tenant.schema.ts';
import type { Tone } from '../design/badge.tsx';
import type { TenantStep } from './tenant-steps.ts';

type Status = TenantView['status'];

const ofStatus: Record<Status, { word: string; tone: Tone }> = {
  provisioning: { word: 'Being made', tone: 'busy' },
  active: { word: 'Active', tone: 'good' },
  suspended: { word: 'Suspended', tone: 'wait' },
  deleting: { word: 'Waiting to be deleted', tone: 'bad' },
  deleted: { word: 'Deleted', tone: 'quiet' },
};

export function tenantWords(status: Status): { word: string; tone: Tone } {
  return ofStatus[status];
}

interface StepWords {
  /** Labels of the button that begins it, and of the one that does it. */
  word: string;
  /** What it means. */
  meaning: string;
  isDangerous: boolean;
}

const ofStep: Record<TenantStep, StepWords> = {
  suspend: {
    word: 'Suspend',
    meaning: 'New requests are refused, running work is held, nothing expires. Its people can still look.',
    isDangerous: true,
  },
  resume: {
    word: 'Resume',
    meaning: 'Work goes on; every deadline is as much later as the tenant stood still.',
    isDangerous: false,
  },
  delete: {
    word: 'Delete',
    meaning:
      'The tenant stands still at once. After the waiting time its data and keys are destroyed for good; until then it can be restored. Its audit log stays.',
    isDangerous: true,
  },
  restore: {
    word: 'Restore',
    meaning: 'The deletion is called off. The tenant is again what it was before.',
    isDangerous: false,
  },
};

export function stepWords(step: TenantStep): StepWords {
  return ofStep[step];
}

/** The steps that are possible from a tenant's status. */
export function stepsFor(status: Status): TenantStep[] {
  switch (status) {
    case 'active':
      return ['suspend', 'delete'];
    case 'suspended':
      return ['resume', 'delete'];
    case 'deleting':
      return ['restore'];
    case 'provisioning':
    case 'deleted':
      return [];
  }
}
