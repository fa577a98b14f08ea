import type { Policy } from '#domain/policy.ts';
import acmeEngineering from '#policies/shipped/acme-engineering-github-write.json' with { type: 'json' };
import enterpriseActions from '#policies/shipped/enterprise-actions.json' with { type: 'json' };
import enterpriseIntegrations from '#policies/shipped/enterprise-integrations.json' with { type: 'json' };
import { preparePolicy } from './prepare-policy.ts';

interface ShippedPoliciesOptions {
  /** Who the policies are said to be created by. */
  by: string;
  at: Date;
}

/** What every new tenant starts with, validated as the API validates; each call makes new ids. */
export function shippedPolicies({ by, at }: ShippedPoliciesOptions): readonly Policy[] {
  return prepareInOrder([enterpriseActions, enterpriseIntegrations], { by, at });
}

/** The shipped policies and, beneath them, seed 000's example: what the demo tenant `acme` starts with. */
export function demoPolicies({ by, at }: ShippedPoliciesOptions): readonly Policy[] {
  return prepareInOrder([enterpriseActions, enterpriseIntegrations, acmeEngineering], { by, at });
}

function prepareInOrder(bodies: readonly unknown[], { by, at }: ShippedPoliciesOptions): readonly Policy[] {
  return bodies.reduce<readonly Policy[]>(
    (among, body) => [...among, preparePolicy(body, { among, by, at })],
    [],
  );
}
