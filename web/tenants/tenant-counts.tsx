import { useState } from 'preact/hooks';
import { getTenantStatus } from '#domain/tenant/calls.ts';
import type { Api } from '../api/call-api.ts';
import { useAsked } from '../api/use-asked.ts';
import { Facts } from '../design/facts.tsx';
import { Problem } from '../design/problem.tsx';

/** What a tenant contains right now. Fetched only while unfolded: every look is recorded. */
export function TenantCounts({ id, api }: { id: string; api: Api }) {
  const [unfolded, setUnfolded] = useState(false);
  const { answer, failure } = useAsked(() => api(getTenantStatus, { params: { id } }), {
    about: id,
    live: unfolded,
  });
  return (
    <details onToggle={(event) => setUnfolded(event.currentTarget.open)}>
      <summary>What it holds</summary>
      {failure && <Problem failure={failure} />}
      {answer && (
        <Facts
          facts={[
            ['People', String(answer.userCount)],
            ['Policies', String(answer.policyCount)],
            ['Connectors', String(answer.connectorCount)],
            ['Gateways', String(answer.gatewayInstances)],
          ]}
        />
      )}
    </details>
  );
}
