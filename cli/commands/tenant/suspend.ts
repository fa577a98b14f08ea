import type { Command } from 'commander';
import type { Context } from '../../context.ts';
import { tenantStepCommand } from './step.ts';

export function tenantSuspendCommand(context: Context): Command {
  return tenantStepCommand(context, {
    name: 'suspend',
    description: 'nothing new begins in a tenant, nothing runs, nothing expires',
    question: (id) => `Suspend ${id}? Its people can look, and do nothing.`,
    take: (api, id, body) => api.suspendTenant(id, body),
  });
}
