import { canonicalJson } from '#platform/crypto/canonical-json.ts';
import { type HeadPublisher, isWorthACall, publishTimeoutMs } from './head-publisher.ts';

const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** `POST {head, keys}`. Throws `RangeError` for an address that is neither https nor this machine. */
export function createWebhookPublisher(url: string): HeadPublisher {
  const { protocol, hostname } = new URL(url);
  if (protocol !== 'https:' && !loopback.test(hostname))
    throw new RangeError('AUDIT_HEADS_WEBHOOK_URL has to be https');
  return {
    name: 'webhook',
    async publish(publication) {
      if (!isWorthACall(publication)) return;
      const { head, keys } = publication;
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: canonicalJson({ head, keys }),
        redirect: 'error',
        signal: AbortSignal.timeout(publishTimeoutMs),
      });
      await answer.body?.cancel();
      if (!answer.ok) throw new Error(`the webhook answered ${answer.status}`);
    },
  };
}
