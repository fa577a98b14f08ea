import type { Command } from 'commander';
import type { Context } from '../../context.ts';
import { tenantStepCommand } from './step.ts';

export function tenantDeleteCommand(context: Context): Command {
  return tenantStepCommand(context, {
    name: 'delete',
    description: 'deletes a tenant after a waiting time, during which it can be restored',
    question: (id) => `Delete ${id}? After the waiting time everything but its audit is destroyed.`,
    take: (api, id, body) => api.deleteTenant(id, body),
  });
}
