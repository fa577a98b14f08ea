import { get } from '../call.ts';
import type { KeysView } from './keys.schema.ts';

export const getKeys = get('/api/v1/keys')<{ answer: KeysView }>();
