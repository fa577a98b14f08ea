import { get } from '../call.ts';
import type { StatusProblems, SystemStatus } from './status.schema.ts';

/** A degraded gateway answers 503 with the same body. */
export const getStatus = get('/api/v1/status')<{ answer: SystemStatus }>();

export const listProblems = get('/api/v1/status/problems')<{ answer: StatusProblems }>();
