import { sql } from 'kysely';
import { labelOf } from '#domain/classification/derive-classification.ts';
import { CodedError } from '#domain/error.ts';
import { isFinal } from '#domain/request/request.ts';
import { canonicalJson } from '#platform/crypto/canonical-json.ts';
import { sha256Hex } from '#platform/crypto/digest.ts';
import { jsonText } from '#platform/database/valid-text.ts';
import type { ContentStore } from '../content/content.ts';
import type { TenantDatabase } from '../database.ts';
import type { RowProofs } from '../key/row-proofs.ts';
import { proveAction, refuseForeignAction } from './genuine.ts';
import type { RequestStore } from './requests.ts';
import { lockRequest, toPlanned } from './rows.ts';

/** Throws `INVALID_TEXT` for what canonical JSON can't express. */
function digestOf(input: unknown): string {
  jsonText(input);
  return sha256Hex(canonicalJson(input));
}

type Plans = Pick<RequestStore, 'savePlan' | 'saveNotUnderstood'>;

const databaseTime = sql<string>`now()`;

export function createPlans(options: {
  database: TenantDatabase;
  content: ContentStore;
  proofs: RowProofs;
}): Plans {
  const { database, content } = options;
  return {
    savePlan: ({ tenantId, userId }, requestId, { planner, actions }) =>
      database.inTenant(tenantId, async (tx) => {
        const proofs = options.proofs.of(tenantId);
        const request = await lockRequest(tx, proofs, requestId);
        const stored = await tx
          .selectFrom('request_actions')
          .selectAll()
          .where('request_id', '=', requestId)
          .orderBy('n')
          .execute();
        for (const row of stored) refuseForeignAction(proofs, row);
        if (stored.length > 0) return stored.map(toPlanned);
        if (isFinal(request.state)) throw new CodedError('REQUEST_NOT_PENDING');
        if (actions.length === 0) throw new RangeError('a plan has at least one action');
        const inputs = actions.map(({ input, classification }) =>
          content.seal({ tenantId, purpose: 'action_input', ownerId: userId, classification, value: input }),
        );
        const rows = actions.map(({ input, ...action }, index) => {
          const planned = {
            ...action,
            request_id: requestId,
            n: index + 1,
            input_ref: inputs[index]?.id ?? '',
            input_digest: digestOf(input),
          };
          return { ...planned, state: 'planned' as const, proof: proveAction(proofs, planned) };
        });
        const inserted = await tx
          .with('inputs', (db) => db.insertInto('content').values(inputs))
          .with('planned', (db) => db.insertInto('request_actions').values(rows).returningAll())
          .with('labelled', (db) =>
            db.updateTable('requests').set({ planner, updated_at: databaseTime }).where('id', '=', requestId),
          )
          .selectFrom('planned')
          .selectAll()
          .orderBy('n')
          .execute();
        return inserted.map(toPlanned);
      }),
    saveNotUnderstood: ({ tenantId, userId }, requestId, { planner, answer, suggestions }) =>
      database.inTenant(tenantId, async (tx) => {
        const proofs = options.proofs.of(tenantId);
        const request = await lockRequest(tx, proofs, requestId);
        if (isFinal(request.state)) {
          if (request.answer_ref !== null) return;
          throw new CodedError('REQUEST_NOT_PENDING');
        }
        const sources = await tx
          .selectFrom('content')
          .select('classification')
          .where('id', '=', request.text_ref)
          .execute();
        const answerRef = await content.put(tx, {
          tenantId,
          purpose: 'request_answer',
          ownerId: userId,
          classification: labelOf(sources),
          value: { answer, suggestions },
        });
        await tx
          .updateTable('requests')
          .set({
            planner,
            answer_ref: answerRef,
            state: 'answered',
            updated_at: databaseTime,
            finished_at: databaseTime,
          })
          .where('id', '=', requestId)
          .execute();
      }),
  };
}
