import type { IncomingMessage } from 'node:http';
import type { StandIn } from '../../stand-in/declaration.ts';
import { answerToApp } from './app.ts';
import { giveItemPage, isItemPage } from './item-page.ts';
import { jsonAnswer } from './json-answer.ts';
import { startProvider } from './provider.ts';
import { standInAppToken, standInToken } from './seed.ts';

/** A local GitHub, as `emulate` plays it. */
export const standIn: StandIn = {
  notReally: 'github.com',
  port: { variable: 'GITHUB_PORT', wish: 9180 },
  secret: { access_token: standInToken },
  /** `emulate` accepts any token; GitHub doesn't. */
  isOurs: (request) => [standInToken, standInAppToken].includes(tokenOf(request)),
  refusal: (status, message) =>
    jsonAnswer(status, { message, documentation_url: 'https://docs.github.com/rest' }),
  answerTo: (request, call, provider) =>
    tokenOf(request) === standInAppToken ? answerToApp(call, provider) : undefined,
  markerOf: (body) => /<!-- openclaw:([0-9a-f]+) -->(?![\s\S]*<!-- openclaw:)/.exec(body)?.[1] ?? null,
  startProvider,
  page: { isPage: isItemPage, give: giveItemPage },
};

function tokenOf({ headers }: IncomingMessage): string {
  return /^(?:token|bearer) (.+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
}
