import { type Listener, listen } from '#platform/database/listen.ts';
import { bundleFailuresChannel } from '#stores/policy/bundle-failures.ts';
import { type BundleFailure, bundleFailure } from './bundle-failures.ts';

interface FollowBundleFailuresOptions {
  /** DATABASE_URL; one connection of its own is kept. */
  url: string;
  hear: (failure: BundleFailure) => void;
  log: { info(message: string): void; warn(fields: object, message: string): void };
}

/** Listens for failures of customers' bundles in workers, which decide most actions, for the gateway's status. */
export function followBundleFailures({ url, hear, log }: FollowBundleFailuresOptions): Listener {
  return listen({
    url,
    channel: bundleFailuresChannel,
    name: 'bundle failures',
    log,
    onConnected: () => {},
    onNotice(payload) {
      try {
        hear(bundleFailure.parse(JSON.parse(payload ?? '')));
      } catch {
        log.warn({}, 'a notice about a bundle could not be read');
      }
    },
  });
}
