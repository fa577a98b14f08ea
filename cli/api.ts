import type { z } from 'zod';
import { type AnswerOf, addressOf, type Call, type Given, type SentParts } from '#domain/call.ts';
import { type AnsweredCall, answers } from './answers.ts';
import { type GatewayCaller, readAnswer, type Sending } from './call-gateway.ts';

/** How to make a call, besides the call itself. */
type Making = Pick<Sending, 'signedIn' | 'alsoAnswers' | 'accept' | 'signal'>;

export type Api = ReturnType<typeof createApi>;

/** The public API: `call(getApproval, { params: { id } })`, each answer checked by the schema that it is made by. */
export function createApi(callGateway: GatewayCaller) {
  const schemas = new Map<Call, z.ZodType>(answers.map(({ call, schema }) => [call, schema]));

  async function call<Which extends AnsweredCall>(
    which: Which,
    ...[parts]: Given<Which, Making>
  ): Promise<AnswerOf<Which>> {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each entry of `answers` was checked against its call
    const schema = schemas.get(which) as z.ZodType<AnswerOf<Which>>;
    return readAnswer(await callGateway(sendingOf(which, parts)), schema);
  }

  /** The answer as a stream: events, or a file of any size. */
  async function open<Which extends Call>(which: Which, ...[parts]: Given<Which, Making>): Promise<Response> {
    return callGateway({ ...sendingOf(which, parts), stream: true });
  }

  return { call, open };
}

function sendingOf(which: Call, parts: (SentParts & Making) | undefined = {}): Sending {
  const { params, query, ...rest } = parts;
  return {
    method: which.method,
    address: addressOf(which, { params, query }),
    limitMs: which.waitMs,
    ...rest,
  };
}
