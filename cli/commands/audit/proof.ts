import { Command } from 'commander';
import { getAuditProof, listAuditKeys } from '#domain/audit/calls.ts';
import { entryProblem } from '#transparency/check-entry.ts';
import { verifyInclusion } from '#transparency/proofs.ts';
import { fromHex } from '#transparency/tree.ts';
import { createTrust } from '#transparency/trust.ts';
import type { Context } from '../../context.ts';
import { pinOnFirstUse } from '../../pin-on-first-use.ts';

export function auditProofCommand(context: Context): Command {
  const { connect, output, pinnedKeys, exit } = context;
  return new Command('proof')
    .description('proof that an entry is in the log that a signed head speaks of, checked here')
    .argument('<id>', 'audit entry')
    .action(async (id: string) => {
      const connection = await connect();
      await pinOnFirstUse(context, connection);
      const proof = await connection.call(getAuditProof, { params: { id } });
      const { statements } = await connection.call(listAuditKeys);
      const held = Object.values((await pinnedKeys.of(connection.url)) ?? {});
      const { claims } = proof.head;
      const isIncluded = verifyInclusion({
        leafHash: fromHex(proof.leaf_hash),
        position: proof.position,
        size: claims.size,
        proof: proof.proof.map(fromHex),
        root: fromHex(claims.rootHash),
      });
      const isSigned = createTrust(held, statements).distrust(proof.head) === undefined;
      const problem = entryProblem({ ...proof, leafHash: proof.leaf_hash });
      const ok = isIncluded && isSigned && problem === undefined;
      output.result({ ...proof, ok }, () =>
        ok
          ? `${id} is at position ${proof.position} of the ${claims.size} entries that head ${claims.n} of ${claims.at} speaks of.`
          : `${id}: ${whatIsWrong()}.`,
      );
      if (!ok) exit('failed');

      function whatIsWrong(): string {
        if (!isIncluded) return 'the proof does not hold';
        return problem ?? 'the head is not signed by a key that you trust';
      }
    });
}
