import type { StandIn } from '../../stand-in/declaration.ts';
import { giveItemPage, isItemPage } from './item-page.ts';
import { startProvider } from './provider.ts';
import { standInToken } from './seed.ts';

/** A local GitHub, as `emulate` plays it. */
export const standIn: StandIn = {
  notReally: 'github.com',
  port: { variable: 'GITHUB_PORT', wish: 9180 },
  secret: { access_token: standInToken },
  /** `emulate` accepts any token; GitHub doesn't. */
  isOurs: ({ headers }) => /^(?:token|bearer) (.+)$/i.exec(headers.authorization ?? '')?.[1] === standInToken,
  refusal(status, message) {
    const body = Buffer.from(JSON.stringify({ message, documentation_url: 'https://docs.github.com/rest' }));
    return { status, headers: { 'content-type': 'application/json; charset=utf-8' }, body };
  },
  markerOf: (body) => /<!-- openclaw:([0-9a-f]+) -->(?![\s\S]*<!-- openclaw:)/.exec(body)?.[1] ?? null,
  startProvider,
  page: { isPage: isItemPage, give: giveItemPage },
};
