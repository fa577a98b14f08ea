import { Failure, failureBehind } from './failure.ts';
import { plainLine } from './terminal-text.ts';

export const certificateProblem = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|SSL/;

interface Peer {
  /** `the gateway`, `the sign-in provider`. */
  name: string;
  address: string;
  /** What to check when nothing answers. */
  check: string;
}

/** The failure, in words for people, for a call that got no answer at all. */
export function networkFailure(error: unknown, peer: Peer): Failure {
  const told = failureBehind(error);
  if (told) return told;
  const code = networkCode(error);
  const at = `${peer.name} at ${peer.address}`;
  const fail = (message: string, hint: string) =>
    new Failure('unavailable', 'unreachable', message, { hint, cause: error });
  if (code === 'ECONNREFUSED') return fail(`Connection refused by ${at}.`, peer.check);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return fail(`The name of ${at} cannot be resolved.`, 'Check the address, your network and your VPN.');
  }
  if (certificateProblem.test(code)) {
    return fail(`The TLS certificate of ${at} is not trusted (${code}).`, certificateHint(code));
  }
  if (
    code === 'TimeoutError' ||
    code === 'OAUTH_TIMEOUT' ||
    code.includes('TIMEOUT') ||
    code === 'ETIMEDOUT'
  ) {
    return fail(`No answer in time from ${at}.`, peer.check);
  }
  return fail(`The connection to ${at} broke (${code || deepestMessage(error)}).`, 'Try again.');
}

function certificateHint(code: string): string {
  if (/EXPIRED|NOT_YET_VALID/.test(code)) return 'It is out of date, or the clock of this machine is wrong.';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'It is for another name: check the address.';
  return 'For a company certificate authority: `openclaw config set ca_file <its PEM file>`, or OPENCLAW_CA_FILE.';
}

/** The most informative code in the chain of causes; empty when there is none. */
export function networkCode(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const below = networkCode(error.cause);
  if (below) return below;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.name === 'TimeoutError' ? error.name : '';
}

function deepestMessage(error: unknown): string {
  if (!(error instanceof Error)) return 'no reason given';
  return error.cause instanceof Error ? deepestMessage(error.cause) : plainLine(error.message);
}
