import type { PolicyChangeReview } from '#domain/policy/impact.ts';

interface ReviewWords {
  /** Label of the choice. */
  choice: string;
  /** What it means. */
  meaning: string;
}

const ofReview: Record<PolicyChangeReview, ReviewWords> = {
  off: {
    choice: 'No change',
    meaning: 'A change can be made without a look at whom it hits.',
  },
  widening: {
    choice: 'Changes that grant more',
    meaning: 'A change that grants anybody more is refused until somebody has looked at whom it hits.',
  },
  all: {
    choice: 'Every change that takes effect',
    meaning: 'Every change that takes effect is refused until somebody has looked at whom it hits.',
  },
};

export const recommendedReview: PolicyChangeReview = 'widening';

export function reviewWords(review: PolicyChangeReview): ReviewWords {
  return ofReview[review];
}
