import { useRef, useState } from 'preact/hooks';
import type { ApprovalDecision, ApprovalView } from '#domain/approval/approval.schema.ts';
import { approvalPageMax } from '#domain/approval/approval.ts';
import { listApprovals, postDecision } from '#domain/approval/calls.ts';
import type { Api } from '../api/call-api.ts';
import { asFailure, type Failure } from '../api/failure.ts';
import { useRepeated } from '../api/use-repeated.ts';
import { approvalTitle } from './approval-words.ts';
import { newcomers, withApproval } from './known-approvals.ts';

interface ApprovalsHandle {
  approvals: readonly ApprovalView[];
  loaded: boolean;
  /** Why the list may be out of date. */
  failure: Failure | undefined;
  /** Sends the decision and updates the list with its result. Throws `Failure`. */
  decide: (approval: ApprovalView, decision: Omit<ApprovalDecision, 'digest'>) => Promise<ApprovalView>;
}

interface ApprovalsOptions {
  api: Api;
  /** False while nobody is signed in: nothing is fetched then. */
  live: boolean;
  announce: (words: string) => void;
}

const refreshMs = 5_000;

/** Waiting approvals, fetched every few seconds while the page is visible. */
export function useApprovals({ api, live, announce }: ApprovalsOptions): ApprovalsHandle {
  const [approvals, setApprovals] = useState<readonly ApprovalView[]>();
  const [failure, setFailure] = useState<Failure>();
  const decisions = useRef(0);

  async function refresh(): Promise<void> {
    const asked = decisions.current;
    try {
      const query = { state: 'pending', limit: approvalPageMax } as const;
      const { approvals: current } = await api(listApprovals, { query });
      // This answer was requested before the decision and came after it: it would bring back what has just been
      // decided.
      if (asked !== decisions.current) return;
      for (const one of newcomers(approvals ?? current, current))
        announce(`New to approve: ${approvalTitle(one)}`);
      setApprovals(current);
      setFailure(undefined);
    } catch (thrown) {
      setFailure(asFailure(thrown));
    }
  }

  useRepeated(refresh, refreshMs, live);

  return {
    approvals: approvals ?? [],
    loaded: approvals !== undefined,
    failure,
    decide: async (approval, decision) => {
      try {
        // The digest on the screen, not the newest: the person decides about what they saw.
        const current = await api(postDecision, {
          params: { id: approval.id },
          body: { ...decision, digest: approval.digest },
        });
        decisions.current += 1;
        setApprovals((all) => withApproval(all ?? [], current));
        return current;
      } catch (thrown) {
        void refresh();
        throw thrown;
      }
    },
  };
}
