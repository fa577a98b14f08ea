import type { Command } from 'commander';
import type { Context } from '../../context.ts';
import { tenantStepCommand } from './step.ts';

export function tenantRestoreCommand(context: Context): Command {
  return tenantStepCommand(context, {
    name: 'restore',
    description: 'calls the deletion of a tenant off',
    take: (api, id, body) => api.restoreTenant(id, body),
  });
}
