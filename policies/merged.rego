# The merged policy of the person who asks (domain/policy/merge.ts). In this process it is the data document; an OPA that
# holds this Rego but no policies gets it with each question. Where there is data, the question can't bring its own.
package openclaw.enterprise.merged

policy := data.policy

policy := input.policy if not data.policy
