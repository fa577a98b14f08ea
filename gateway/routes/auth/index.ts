import type { AnyRoute } from '../../http/route.ts';
import type { GatewayParts } from '../../parts.ts';
import { deleteSession } from './delete-session.ts';
import { getAuthConfig } from './get-auth-config.ts';
import { getCallback } from './get-callback.ts';
import { getComplete } from './get-complete.ts';
import { getLogin } from './get-login.ts';
import { getUserinfo } from './get-userinfo.ts';
import { listSessions } from './list-sessions.ts';
import { postBackchannelLogout } from './post-backchannel-logout.ts';
import { postCallback } from './post-callback.ts';
import { postLogout } from './post-logout.ts';
import { postSignOut } from './post-sign-out.ts';

/** Signing in and out: login → provider → callback → complete. */
export function authRoutes({ identity }: Pick<GatewayParts, 'identity'>): readonly AnyRoute[] {
  return [
    getLogin(identity),
    getCallback(identity),
    getComplete(identity),
    postCallback(identity),
    postLogout(identity),
    getUserinfo(identity),
    getAuthConfig(identity),
    listSessions(identity),
    deleteSession(identity),
    postSignOut(identity),
    postBackchannelLogout(identity),
  ];
}
