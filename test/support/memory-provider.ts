import type { OpenAction } from '#activities/act/open-actions.ts';
import { createActionTable } from '#connectors/registry.ts';
import { CodedError, ProviderError } from '#domain/error.ts';
import type { FoundEffect } from '#governance/registered-action.ts';

/** What becomes of one call: `lost` loses the answer of an effect that happened, `cut` the call itself. */
export type SendFault = 'ok' | 'lost' | 'cut' | 'busy' | 'refused' | Limited;

/** A rate limit that names a time, so many milliseconds from now. */
export interface Limited {
  limitedMs: number;
}

/** What a look tells: `blind` may see later, `shut` never will. */
export type LookFault = 'ok' | 'blind' | 'shut' | Limited;

/** A provider that keeps what it was told in memory: the oracle of what really happened. */
export interface MemoryProvider {
  /** Run ids of the effects that happened, in order. */
  effects: string[];
  /** Run ids of the reads that were made. */
  reads: string[];
  /** Every call in order: `send <run>`, `look <run>: absent|present|unknown`. */
  calls: string[];
  /** Answers of the next calls; when empty, all is well. */
  nextSends: SendFault[];
  nextLooks: LookFault[];
  nextReads: (Limited | 'ok')[];
  /** Runs before each send, while the caller waits. */
  beforeSend: (runId: string) => Promise<void>;
  openAction: OpenAction;
}

/** The real actions' facts, over an outside world of the test's own. */
export function createMemoryProvider(): MemoryProvider {
  const table = createActionTable();
  const provider: MemoryProvider = {
    effects: [],
    reads: [],
    calls: [],
    nextSends: [],
    nextLooks: [],
    nextReads: [],
    beforeSend: async () => {},
    openAction: (_tenantId, actionId) => {
      const action = table.action(actionId);
      if (action === undefined) {
        throw new CodedError('INVALID_REQUEST', { message: `there is no action ${actionId}` });
      }
      const { id, connector, operation, effect, audit } = action;
      return {
        action,
        registered: {
          facts: { id, connector, operation, effect },
          event: audit,
          dataTouched: () => [
            { source: connector, itemId: 'acme/website#7', classification: 'internal', purpose: operation },
          ],
          run: async ({ runId }) => {
            if (effect === 'read') provider.reads.push(runId);
            return effect === 'read' ? read(provider) : send(provider, runId);
          },
          find: async ({ runId }) => look(provider, runId),
        },
      };
    },
  };
  return provider;
}

function read(provider: MemoryProvider): unknown {
  const fault = provider.nextReads.shift() ?? 'ok';
  if (typeof fault === 'object') throw limited(fault);
  return { items: [] };
}

async function send(provider: MemoryProvider, runId: string): Promise<unknown> {
  await provider.beforeSend(runId);
  provider.calls.push(`send ${runId}`);
  const fault = provider.nextSends.shift() ?? 'ok';
  if (typeof fault === 'object') throw limited(fault);
  if (fault === 'ok' || fault === 'lost') provider.effects.push(runId);
  switch (fault) {
    case 'ok':
      return { runId };
    case 'lost':
    case 'cut':
      throw new ProviderError('api_unreachable', 'unknown');
    case 'busy':
      throw new ProviderError('api_rate_limited', 'no');
    case 'refused':
      throw new ProviderError('permission_denied', 'no');
  }
}

function limited({ limitedMs }: Limited): ProviderError {
  return new ProviderError('api_rate_limited', 'no', { retryAfterMs: limitedMs });
}

function look(provider: MemoryProvider, runId: string): FoundEffect {
  const fault = provider.nextLooks.shift() ?? 'ok';
  const happened = provider.effects.includes(runId);
  const seen = fault === 'ok' ? (happened ? 'present' : 'absent') : 'unknown';
  provider.calls.push(`look ${runId}: ${seen}`);
  if (typeof fault === 'object') return { found: 'unknown', error: limited(fault) };
  switch (fault) {
    case 'ok':
      return happened ? { found: 'yes', output: { runId } } : { found: 'no' };
    case 'blind':
      return { found: 'unknown', error: new CodedError('api_unreachable') };
    case 'shut':
      return { found: 'unknown', error: new CodedError('permission_denied') };
  }
}
