import { z } from 'zod';
import type { Provider, ProviderAnswer, ProviderCall } from '../../stand-in/provider.ts';
import { jsonAnswer } from './json-answer.ts';

const userShape = z.object({ id: z.int() });

/**
 * What GitHub answers to the installation of an App and not to a person: it has no user of its own, and its bot is the
 * viewer of the GraphQL API. `undefined`: both are answered alike.
 */
export function answerToApp(
  { method, path, body }: ProviderCall,
  provider: Provider,
): Promise<ProviderAnswer> | undefined {
  if (method === 'GET' && path.split('?', 1)[0] === '/user')
    return Promise.resolve(jsonAnswer(403, { message: 'Resource not accessible by integration' }));
  return method === 'POST' && path === '/graphql' ? answerToQuery(body, provider) : undefined;
}

async function answerToQuery(body: string, provider: Provider): Promise<ProviderAnswer> {
  if (!/\bviewer\s*\{\s*databaseId\s*\}/.test(body))
    return jsonAnswer(200, { data: null, errors: [{ message: 'The stand-in knows no such query.' }] });
  const me = await provider.look('/user');
  const { id } = userShape.parse(JSON.parse(me.body.toString('utf8')));
  return jsonAnswer(200, { data: { viewer: { databaseId: id } } });
}
