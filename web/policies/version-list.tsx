import type { PolicyView } from '#domain/policy/change.schema.ts';
import { Badge } from '../design/badge.tsx';
import { agoWords } from '../design/time-words.ts';
import { When } from '../design/when.tsx';
import { CanaryBadge } from './canary-badge.tsx';
import { newestOf } from './known-policies.ts';
import { mayGoAhead } from './may-go-ahead.ts';
import { statusWords } from './policy-words.ts';
import { UnprovenBadge } from './unproven-badge.tsx';

interface VersionListProps {
  /** Newest first. */
  versions: readonly PolicyView[];
  shown: number;
  mayChange: boolean;
  onShow: (version: number) => void;
  onActivate: (version: number) => void;
  onCanary: (version: number) => void;
  onRollback: (version: number) => void;
}

/** Every version: who made it, when and why, and what can be done with it. */
export function VersionList({ versions, shown, mayChange, ...on }: VersionListProps) {
  const newest = newestOf(versions);
  const isOver = newest?.status === 'deprecated';
  return (
    <section class="panel" aria-labelledby="versions-title">
      <h2 id="versions-title">Versions</h2>
      <ol class="lines" reversed>
        {versions.map(
          ({ version, status, change_reason, created_by, created_at, canary, scope, unproven }) => (
            <li key={version}>
              <p class="row">
                <strong>Version {version}</strong>
                <Badge {...statusWords(status)} />
                <CanaryBadge canary={canary} />
                <UnprovenBadge unproven={unproven} />
                <span class="quiet small">
                  <When at={created_at} words={agoWords} /> by <span class="outside">{created_by}</span>
                </span>
              </p>
              <p class="outside">{change_reason}</p>
              <div class="row">
                {version === shown ? (
                  <span class="small quiet">Shown above</span>
                ) : (
                  <button type="button" class="small" onClick={() => on.onShow(version)}>
                    Show version {version}
                  </button>
                )}
                {mayChange && !isOver && !unproven && status === 'draft' && (
                  <button type="button" class="small" onClick={() => on.onActivate(version)}>
                    Put version {version} in force
                  </button>
                )}
                {mayChange && !isOver && !unproven && mayGoAhead({ status, canary, scope }) && (
                  <button type="button" class="small" onClick={() => on.onCanary(version)}>
                    Try version {version} with a few people
                  </button>
                )}
                {mayChange && !isOver && !unproven && status === 'deprecated' && (
                  <button type="button" class="small" onClick={() => on.onRollback(version)}>
                    Go back to version {version}
                  </button>
                )}
              </div>
            </li>
          ),
        )}
      </ol>
    </section>
  );
}
