import { Command } from 'commander';
import { deleteTenant, restoreTenant, resumeTenant, suspendTenant } from '#domain/tenant/calls.ts';
import type { Context } from '../../context.ts';
import { Failure } from '../../failure.ts';
import { tenantText } from '../../text/tenant-text.ts';

interface StatusChange {
  call: typeof suspendTenant | typeof resumeTenant | typeof deleteTenant | typeof restoreTenant;
  name: string;
  description: string;
  /** The question to confirm; absent = none. */
  question?: (id: string) => string;
}

const changes: readonly StatusChange[] = [
  {
    call: suspendTenant,
    name: 'suspend',
    description: 'nothing new begins in a tenant, nothing runs, nothing expires',
    question: (id) => `Suspend ${id}? Its people can look, and do nothing.`,
  },
  { call: resumeTenant, name: 'resume', description: 'lets a suspended tenant go on' },
  {
    call: deleteTenant,
    name: 'delete',
    description: 'deletes a tenant after a waiting time, during which it can be restored',
    question: (id) => `Delete ${id}? After the waiting time everything but its audit is destroyed.`,
  },
  { call: restoreTenant, name: 'restore', description: 'calls the deletion of a tenant off' },
];

/** One command for each change of a tenant's status, with a reason that goes into the audit log. */
export const tenantStatusCommands = changes.map(
  ({ call: change, name, description, question }) =>
    ({ connect, confirm, output }: Context): Command => {
      const command = new Command(name)
        .description(description)
        .argument('<id>', 'tenant id')
        .requiredOption('--reason <text>', 'why; audit keeps it');
      if (question !== undefined) command.option('-y, --yes', 'do not ask', false);
      return command.action(
        async (id: string, { reason, yes = false }: { reason: string; yes?: boolean }) => {
          const { call } = await connect();
          if (question !== undefined && !(await confirm(question(id), { yes }))) {
            throw new Failure('failed', 'not_confirmed', 'Nothing was changed.');
          }
          const tenant = await call(change, { params: { id }, body: { reason } });
          output.result(tenant, () => tenantText(tenant));
        },
      );
    },
);
