import { Command } from 'commander';
import { listAuditKeys } from '#domain/audit/calls.ts';
import type { Context } from '../../context.ts';
import { keysOfGateway } from '../../pinned-keys.ts';
import { textTable } from '../../text/table.ts';

export function auditKeysCommand({ connect, output, pinnedKeys }: Context): Command {
  return new Command('keys')
    .description("the gateway's audit keys; keeps them on first use, for `audit verify`")
    .option('--pin', 'keep what the gateway says now in place of what was kept')
    .action(async ({ pin = false }: { pin?: boolean }) => {
      const { url, call } = await connect();
      const answer = await call(listAuditKeys);
      const keys = keysOfGateway(answer);
      if (pin || (await pinnedKeys.of(url)) === undefined) {
        await pinnedKeys.pin(url, keys);
        output.note(`Kept in ${pinnedKeys.path}. Compare them with your operator's.`);
      }
      const kept = (await pinnedKeys.of(url)) ?? {};
      const rows = Object.entries({ ...kept, ...keys }).map(([id, key]) => [
        id,
        kept[id] === undefined ? 'not kept' : kept[id] === key ? 'kept' : 'NOT the one that is kept',
        key,
      ]);
      const head = ['KEY', 'HERE', 'PUBLIC KEY'];
      output.result({ ...answer, kept }, () => textTable({ head, rows, width: output.width }));
    });
}
