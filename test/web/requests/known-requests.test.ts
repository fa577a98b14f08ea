import { describe, expect, it } from 'vitest';
import type { RequestSummary, RequestView } from '#domain/request/request.schema.ts';
import { changesAnnounced } from '#web/requests/changes-announced.ts';
import {
  toFollow,
  viewsWanted,
  withSummaries,
  withUnfolded,
  withView,
} from '#web/requests/known-requests.ts';

function summary(n: number, state: RequestSummary['state'], updated = 0): RequestSummary {
  return {
    id: `req_${n}`,
    state,
    user_id: 'acme-user',
    text: `ask ${n}`,
    created_at: `2026-01-01T00:00:0${n}.000Z`,
    updated_at: `2026-01-01T00:01:0${updated}.000Z`,
  };
}

function view(n: number, state: RequestView['state'], updated = 0): RequestView {
  return {
    ...summary(n, state, updated),
    planner: null,
    answer: null,
    suggestions: [],
    error: null,
    actions: [],
    finished_at: null,
  };
}

describe('known requests', () => {
  it('stand newest first, however they came', () => {
    const known = withView(
      withSummaries([], [summary(1, 'answered'), summary(3, 'answered')]),
      view(2, 'answered'),
    );
    expect(known.map((one) => one.summary.id)).toEqual(['req_3', 'req_2', 'req_1']);
  });

  it('unfold what can still change, and leave it so when it ends', () => {
    const open = withSummaries([], [summary(1, 'answered'), summary(2, 'queued')]);
    expect(open.map((one) => one.unfolded)).toEqual([true, false]);
    expect(withSummaries(open, [summary(2, 'answered', 5)])[0]).toMatchObject({ unfolded: true });
    expect(withUnfolded(open, 'req_2', false)[0]).toMatchObject({ unfolded: false });
  });

  it('take news and ignore what is older than what they know', () => {
    const known = withView([], view(1, 'queued', 5));
    expect(withView(known, view(1, 'running', 4))[0]).toMatchObject({
      summary: { state: 'queued' },
      view: { state: 'queued' },
    });
    expect(withSummaries(known, [summary(1, 'running', 4)])[0]?.summary.state).toBe('queued');
    expect(withView(known, view(1, 'answered', 5))[0]).toMatchObject({
      summary: { state: 'answered' },
      view: { state: 'answered' },
    });
  });

  it('never open again what is final, whatever the times say', () => {
    const known = withView([], view(1, 'denied', 1));
    expect(withView(known, view(1, 'running', 9))[0]).toMatchObject({
      summary: { state: 'denied' },
      view: { state: 'denied' },
    });
  });

  it('want a view where one is unfolded and missing or behind', () => {
    const folded = withSummaries([], [summary(1, 'answered')]);
    expect(viewsWanted(folded)).toEqual([]);
    const unfolded = withUnfolded(folded, 'req_1', true);
    expect(viewsWanted(unfolded)).toEqual(['req_1']);
    const seen = withView(withSummaries([], [summary(2, 'queued', 1)]), view(2, 'queued', 1));
    expect(viewsWanted(seen)).toEqual([]);
    expect(viewsWanted(withSummaries(seen, [summary(2, 'queued', 2)]))).toEqual(['req_2']);
    expect(viewsWanted(withSummaries(seen, [summary(2, 'answered', 1)]))).toEqual(['req_2']);
  });

  it('follow the newest open ones, and no more than they may', () => {
    const known = withSummaries(
      [],
      [summary(1, 'queued'), summary(2, 'running'), summary(3, 'denied'), summary(4, 'queued')],
    );
    expect(toFollow(known, 2)).toEqual(['req_4', 'req_2']);
  });

  it('announce a change of state once, and nothing for what is new', () => {
    const before = withSummaries([], [summary(1, 'queued'), summary(2, 'running')]);
    const now = withSummaries(before, [
      summary(1, 'answered', 2),
      summary(2, 'running', 2),
      summary(3, 'running'),
    ]);
    expect(changesAnnounced(before, now)).toEqual(['ask 1: Done']);
    expect(changesAnnounced(now, now)).toEqual([]);
  });
});
