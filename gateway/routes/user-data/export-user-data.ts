import { Readable } from 'node:stream';
import { z } from 'zod';
import { ownActions } from '#domain/action/own-actions.ts';
import * as calls from '#domain/person/calls.ts';
import { defineRoute } from '../../http/route.ts';
import { governedReadErrors } from '../own-data.ts';
import type { UserDataParts } from './parts.ts';
import { writeUserData } from './write-user-data.ts';

type ExportDependencies = Pick<
  UserDataParts,
  'auditEntries' | 'governedRead' | 'now' | 'subjects' | 'userData'
>;

export function exportUserData({ auditEntries, governedRead, now, subjects, userData }: ExportDependencies) {
  return defineRoute({
    ...calls.exportUserData,
    summary: 'Everything that is stored about a person, as one JSON document',
    auth: 'user_data.manage',
    audit: 'user_data.exported',
    request: { params: z.strictObject({ user_id: z.string().min(1).max(255) }) },
    response: {
      200: {
        media: 'application/json',
        contains: 'docs/personal-data.md names the parts; sessions and grants without secrets',
      },
    },
    errors: governedReadErrors,
    async handle({ actor, params }) {
      const { tenantId } = actor;
      const userId = params.user_id;
      const subject = (await subjects.find(tenantId, userId)) ?? null;
      const body = await governedRead({
        actor,
        facts: ownActions.readUserData,
        event: 'user_data.exported',
        detail: `user data of ${subject ?? 'a person that the audit log does not know'}`,
        classification: 'confidential',
        run: async () => {
          const whose = { tenantId, userId, subject, at: now().toISOString() };
          return {
            output: Readable.from(writeUserData({ userData, auditEntries }, whose)),
            touched: [
              {
                source: 'openclaw',
                itemId: subject ?? 'unknown person',
                classification: 'restricted',
                purpose: 'export',
              },
            ],
          };
        },
      });
      return {
        status: 200,
        body,
        headers: { 'content-disposition': 'attachment; filename="user-data.json"' },
      };
    },
  });
}
