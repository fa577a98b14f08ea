import type { z } from 'zod';
import type { approvalDecision, approvalList } from '#domain/approval.schema.ts';
import type { requestList, requestSummary, resolveRequest } from '#domain/request.schema.ts';

/**
 * The shapes of the public API. They are inferred from the schemas that the OpenAPI document is printed from, so page and
 * document cannot part. Types only: a value import would carry zod into the bundle (test/web/build.test.ts looks).
 */
export type { ApprovalView } from '#domain/approval.schema.ts';
export type { RequestView } from '#domain/request.schema.ts';
export type { UserInfo } from '#domain/session.schema.ts';

export type RequestSummary = z.infer<typeof requestSummary>;
export type RequestPage = z.infer<typeof requestList>;
export type Resolve = z.infer<typeof resolveRequest>;
export type ApprovalPage = z.infer<typeof approvalList>;
export type Decide = z.infer<typeof approvalDecision>;
