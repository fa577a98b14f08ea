import { get } from '../call.ts';
import type { ConnectorList } from './connector.schema.ts';

export const listConnectors = get('/api/v1/connectors')<{ answer: ConnectorList }>();
