import { listAuditHeads } from '#domain/audit/calls.ts';
import type { Api } from '../api/call-api.ts';
import { useAsked } from '../api/use-asked.ts';
import { Facts } from '../design/facts.tsx';
import { Problem } from '../design/problem.tsx';
import { agoWords } from '../design/time-words.ts';
import { When } from '../design/when.tsx';

/** The newest signed head: what it covers can't be changed or removed unnoticed. */
export function NewestHead({ api, live }: { api: Api; live: boolean }) {
  const { answer, failure } = useAsked(() => api(listAuditHeads, { query: { limit: 1 } }), {
    about: 'head',
    live,
  });
  if (failure) return <Problem failure={failure} about="The newest head" />;
  if (answer === undefined) return null;
  const [head] = answer.heads;
  if (head === undefined)
    return <p class="quiet">No head is signed yet. The first one comes within minutes.</p>;
  const { n, size, at, rootHash } = head.claims;
  return (
    <details class="small">
      <summary>
        Sealed: {size.toLocaleString('en')} entries under head {n}, <When at={at} words={agoWords} />
      </summary>
      <Facts
        facts={[
          ['Root', <code>{rootHash}</code>],
          ['Key', <code>{head.keyId}</code>],
          ['Signed', new Date(at).toLocaleString()],
        ]}
      />
      <p class="quiet">
        An export can be checked without this server: <code>openclaw audit verify FILE</code>.
      </p>
    </details>
  );
}
