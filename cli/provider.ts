import * as oidc from 'openid-client';
import type { Credentials } from './credentials.ts';
import { Failure, failureBehind, signedOutFailure } from './failure.ts';
import { isLoopback, isSafeWebAddress } from './loopback.ts';
import { networkFailure } from './network-failure.ts';
import type { WebFetch } from './web-fetch.ts';

interface Client {
  issuer: string;
  clientId: string;
}

interface ProviderOptions extends Client {
  fetch: WebFetch;
}

/** What the person needs to sign in with a browser anywhere. */
interface DeviceCode {
  verificationUri: string;
  /** The same with the code filled in, where the provider has one. */
  verificationUriComplete: string | undefined;
  userCode: string;
  /** Seconds. */
  expiresIn: number;
}

/** The company's sign-in provider as this command line uses it: device flow, refresh, revocation. */
export async function openProvider({ issuer, clientId, fetch }: ProviderOptions) {
  const config = await discover({ issuer, clientId, fetch });
  const failure = (error: unknown) => providerFailure(error, issuer);

  return {
    /** Starts the device flow; `finish` waits until the person has signed in. */
    async startSignIn(parameters: Record<string, string>) {
      if (!config.serverMetadata().device_authorization_endpoint) {
        throw new Failure('failed', 'no_device_flow', `${issuer} offers no device sign-in.`, {
          hint: 'An administrator has to allow the device authorization grant for this client.',
        });
      }
      const started = await oidc.initiateDeviceAuthorization(config, parameters).catch((error) => {
        throw failure(error);
      });
      const code: DeviceCode = {
        verificationUri: webAddress(started.verification_uri),
        verificationUriComplete:
          started.verification_uri_complete === undefined
            ? undefined
            : webAddress(started.verification_uri_complete),
        userCode: started.user_code,
        expiresIn: started.expires_in,
      };
      return {
        code,
        async finish(): Promise<Credentials> {
          const tokens = await oidc.pollDeviceAuthorizationGrant(config, started).catch((error) => {
            throw failure(error);
          });
          return credentialsFrom(tokens, { issuer, clientId, refreshToken: null });
        },
      };
    },
    async refresh(refreshToken: string): Promise<Credentials> {
      const tokens = await oidc.refreshTokenGrant(config, refreshToken).catch((error) => {
        throw failure(error);
      });
      return credentialsFrom(tokens, { issuer, clientId, refreshToken });
    },
    /** Ends the sign-in at the provider, if it supports that. */
    async revoke(token: string): Promise<void> {
      if (!config.serverMetadata().revocation_endpoint) return;
      await oidc.tokenRevocation(config, token).catch((error) => {
        throw failure(error);
      });
    },
  };
}

async function discover({ issuer, clientId, fetch }: ProviderOptions): Promise<oidc.Configuration> {
  const url = new URL(webAddress(issuer));
  const local = url.protocol === 'http:' && isLoopback(url);
  const execute = local ? [oidc.allowInsecureRequests] : [];
  const options = { execute, timeout: 30, [oidc.customFetch]: fetch };
  return oidc.discovery(url, clientId, undefined, oidc.None(), options).catch((error) => {
    throw providerFailure(error, issuer);
  });
}

interface Kept extends Client {
  /** Used again when the provider sends no new one. */
  refreshToken: string | null;
}

function credentialsFrom(
  tokens: oidc.TokenEndpointResponse,
  { issuer, clientId, refreshToken }: Kept,
): Credentials {
  return {
    issuer,
    clientId,
    accessToken: tokens.access_token,
    refreshToken: tokens.refresh_token ?? refreshToken,
    expiresAt: tokens.expires_in === undefined ? null : Date.now() + tokens.expires_in * 1_000,
  };
}

/** The browser opens this address, so only a web address is accepted. */
function webAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && isSafeWebAddress(url)) return url.href;
  throw new Failure(
    'failed',
    'unsafe_address',
    'The sign-in address is neither https: nor on this machine.',
    {
      hint: 'An administrator has to check the issuer URL of the gateway.',
    },
  );
}

function providerFailure(error: unknown, issuer: string): Failure {
  const told = failureBehind(error);
  if (told) return told;
  if (error instanceof oidc.ResponseBodyError) {
    if (error.error === 'access_denied') return signedOutFailure('The sign-in was refused.', error);
    if (error.error === 'expired_token')
      return signedOutFailure('The code expired before anyone signed in.', error);
    if (error.error === 'invalid_grant') return signedOutFailure('Your sign-in has expired.', error);
    return new Failure('failed', error.error, `The sign-in provider ${issuer} refused: ${error.error}.`, {
      cause: error,
      hint: 'An administrator has to check the issuer URL and the client id of the gateway.',
    });
  }
  if (error instanceof oidc.ClientError && error.code !== undefined && !/TIMEOUT|ABORT/.test(error.code)) {
    return new Failure(
      'failed',
      'provider_answer_invalid',
      `${issuer} does not answer as an OpenID provider: ${error.message}.`,
      {
        cause: error,
        hint: 'An administrator has to check the issuer URL of the gateway.',
      },
    );
  }
  return networkFailure(error, {
    name: 'the sign-in provider',
    address: issuer,
    check: 'Check your network, or ask an administrator whether it is up.',
  });
}
