import { getAuditProof } from '#domain/audit/calls.ts';
import type { Api } from '../api/call-api.ts';
import { useAsked } from '../api/use-asked.ts';
import { Badge } from '../design/badge.tsx';
import { Facts } from '../design/facts.tsx';
import { Problem } from '../design/problem.tsx';

interface ProofStatusProps {
  id: string;
  api: Api;
  live: boolean;
}

/**
 * Whether a signed head covers the entry. The page shows what the server says; the command line checks the proof
 * against keys that it stores itself.
 */
export function ProofStatus({ id, api, live }: ProofStatusProps) {
  const {
    answer: proof,
    failure,
    asking,
    again,
  } = useAsked(() => api(getAuditProof, { params: { id } }), { about: id, live });
  return (
    <section class="panel" aria-labelledby="proof-title">
      <h2 id="proof-title">Proof</h2>
      {asking && <p class="quiet">Asking for the proof…</p>}
      {proof && (
        <>
          <p class="row">
            <span>
              Sealed at position {proof.position.toLocaleString('en')} of{' '}
              {proof.head.claims.size.toLocaleString('en')} under head {proof.head.claims.n}.
            </span>
            {proof.problem === null && <Badge word="Sealed" tone="good" />}
          </p>
          {proof.problem !== null && (
            <p role="alert" class="row">
              <span>What is shown is not what was sealed: {proof.problem}.</span>
              <Badge word="Changed" tone="bad" />
            </p>
          )}
          <Facts
            facts={[
              ['Signed', new Date(proof.head.claims.at).toLocaleString()],
              ['Leaf', <code>{proof.leaf_hash}</code>],
              ['Root', <code>{proof.head.claims.rootHash}</code>],
              ['Key', <code>{proof.head.keyId}</code>],
            ]}
          />
          <p class="small quiet">
            To check it yourself: <code>openclaw audit proof {id}</code>
          </p>
        </>
      )}
      {failure?.code === 'AUDIT_NOT_SEALED' ? (
        <>
          <p class="row">
            <span>No head covers this entry yet. The next one is signed within minutes.</span>
            <Badge word="Not sealed yet" tone="wait" />
          </p>
          <p>
            <button type="button" onClick={again}>
              Look again
            </button>
          </p>
        </>
      ) : (
        failure && <Problem failure={failure} />
      )}
    </section>
  );
}
