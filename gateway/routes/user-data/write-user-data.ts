import type { AuditReader } from '#stores/audit/entries.ts';
import type { Page, PersonRow, UserDataStore } from '#stores/person/user-data.ts';
import { auditEntryView } from '../audit/audit-entry-view.ts';

interface UserDataSources {
  userData: UserDataStore;
  auditEntries: AuditReader;
}

interface Whose {
  tenantId: string;
  userId: string;
  subject: string | null;
  /** ISO 8601. */
  at: string;
}

const auditPageSize = 500;

const paged = [
  ['requests', 'requests'],
  ['contents', 'contents'],
  ['approvals', 'approvals'],
  ['votes', 'votes'],
  ['model_calls', 'modelCalls'],
  ['classification_overrides', 'classificationOverrides'],
] as const;

/** Everything that is stored about a person, as JSON text in pieces; only one page is in memory at a time. */
export async function* writeUserData(sources: UserDataSources, whose: Whose): AsyncGenerator<string> {
  const { userData, auditEntries } = sources;
  const { tenantId, userId, subject, at } = whose;
  const head = { tenant_id: tenantId, user_id: userId, subject, exported_at: at };
  const person = await userData.person(tenantId, userId);
  const known = {
    sessions: await userData.sessions(tenantId, userId),
    grants: await userData.grants(tenantId, userId),
    model_usage: await userData.modelUsage(tenantId, userId),
    policies: await userData.policies(tenantId, userId),
  };
  yield JSON.stringify({ ...head, person, ...known }).slice(0, -1);
  for (const [name, part] of paged) {
    yield* list(
      name,
      pages((after) => userData[part](tenantId, userId, after)),
    );
  }
  yield* list('audit_entries', entriesOf(auditEntries, tenantId, userId));
  yield '}\n';
}

async function* list(name: string, rows: AsyncIterable<readonly unknown[]>): AsyncGenerator<string> {
  yield `,"${name}":[`;
  let first = true;
  for await (const page of rows) {
    if (page.length === 0) continue;
    const text = page.map((row) => JSON.stringify(row)).join(',\n');
    yield first ? text : `,\n${text}`;
    first = false;
  }
  yield ']';
}

async function* pages(read: (after: string) => Promise<Page>): AsyncGenerator<readonly PersonRow[]> {
  for (let after: string | null = ''; after !== null; ) {
    const page: Page = await read(after);
    yield page.rows;
    after = page.after;
  }
}

async function* entriesOf(reader: AuditReader, tenantId: string, userId: string) {
  let after: { timestamp: string; id: string } | undefined;
  do {
    const page = await reader.query(tenantId, {
      visibility: { kind: 'tenant' },
      filters: { userId },
      limit: auditPageSize,
      countTo: 0,
      ...(after === undefined ? {} : { after }),
    });
    yield page.entries.map(auditEntryView);
    after = page.next ?? undefined;
  } while (after !== undefined);
}
