import type { CommandGroup } from '../command-group.ts';
import { tenantChangeCommand } from './change.ts';
import { tenantCreateCommand } from './create.ts';
import { tenantListCommand } from './list.ts';
import { tenantShowCommand } from './show.ts';
import { tenantStatusCommands } from './status-changes.ts';

export const tenantCommands: CommandGroup = {
  name: 'tenant',
  about: 'the tenants of the installation, for its operator',
  commands: [
    tenantListCommand,
    tenantShowCommand,
    tenantCreateCommand,
    tenantChangeCommand,
    ...tenantStatusCommands,
  ],
};
