import { useState } from 'preact/hooks';
import type { UserInfo } from '#domain/person/session.schema.ts';
import { asFailure, type Failure } from '../api/failure.ts';
import { Problem } from '../design/problem.tsx';
import { roleWords } from './role-words.ts';

interface WhoBarProps {
  who: UserInfo;
  signOut: () => Promise<void>;
}

/** Who is signed in, in which role, and where. */
export function WhoBar({ who, signOut }: WhoBarProps) {
  const [failure, setFailure] = useState<Failure>();

  async function leave(): Promise<void> {
    setFailure(undefined);
    try {
      await signOut();
    } catch (thrown) {
      setFailure(asFailure(thrown));
    }
  }

  return (
    <header class="who">
      <p class="name">OpenClaw Enterprise</p>
      <dl aria-label="Signed in as">
        <div>
          <dt>Person</dt>
          <dd>{who.email}</dd>
        </div>
        <div>
          <dt>Role</dt>
          <dd>{roleWords(who.roles)}</dd>
        </div>
        <div>
          <dt>Tenant</dt>
          <dd>{who.tenantId}</dd>
        </div>
        <div>
          <dt>Org unit</dt>
          <dd>{who.orgUnit}</dd>
        </div>
      </dl>
      <button type="button" onClick={() => void leave()}>
        Sign out
      </button>
      {failure && <Problem failure={failure} />}
    </header>
  );
}
