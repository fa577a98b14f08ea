import { z } from 'zod';
import type { DataTouched } from '#domain/audit.ts';

export const approvalParams = z.strictObject({ id: z.string().max(64) });

export function touchedApproval(id: string): DataTouched {
  return { source: 'openclaw', itemId: id, classification: 'internal', purpose: 'read' };
}
