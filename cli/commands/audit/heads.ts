import { Command } from 'commander';
import { listAuditHeads } from '#domain/audit/calls.ts';
import type { Context } from '../../context.ts';
import { countOption } from '../../count-option.ts';
import { pinOnFirstUse } from '../../pin-on-first-use.ts';
import { textTable } from '../../text/table.ts';

export function auditHeadsCommand(context: Context): Command {
  const { connect, output } = context;
  return new Command('heads')
    .description(
      'signed heads of the audit log, newest first; keep some, to prove later that nothing was taken back',
    )
    .option('--limit <n>', 'how many at most', countOption)
    .action(async ({ limit }: { limit?: number }) => {
      const connection = await connect();
      await pinOnFirstUse(context, connection);
      const answer = await connection.call(listAuditHeads, { query: { limit } });
      const rows = answer.heads.map(({ claims, keyId }) => [
        String(claims.n),
        claims.at,
        String(claims.size),
        keyId,
        claims.rootHash,
      ]);
      const head = ['HEAD', 'TIME', 'ENTRIES', 'KEY', 'ROOT'];
      output.result(answer, () =>
        rows.length === 0 ? 'No head is signed yet.' : textTable({ head, rows, width: output.width }),
      );
    });
}
