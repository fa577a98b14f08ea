import type { Command } from 'commander';
import type { Context } from '../../context.ts';
import { tenantStepCommand } from './step.ts';

export function tenantResumeCommand(context: Context): Command {
  return tenantStepCommand(context, {
    name: 'resume',
    description: 'lets a suspended tenant go on',
    take: (api, id, body) => api.resumeTenant(id, body),
  });
}
