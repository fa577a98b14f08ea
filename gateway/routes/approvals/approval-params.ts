import { z } from 'zod';

export const approvalParams = z.strictObject({ id: z.string().max(64) });
