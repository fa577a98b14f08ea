# Who may export the audit log. What is logged and for how long are numbers that others read; they come as constraints.
package openclaw.enterprise.audit

import data.openclaw.enterprise.merged
import data.openclaw.enterprise.points

policy := merged.policy.audit

default decision := {
	"applicable": true,
	"verdict": "deny",
	"code": "undecided",
	"rule": null,
	"decided_by": null,
	"constraints": {},
}

decision := points.not_applicable if {
	input.action != "audit_export"
} else := points.denial("no_policy") if {
	not policy
} else := points.deny(policy, "audit_export_not_allowed", {"allow_export": false}, export.by) if {
	export.value == false
} else := points.deny(policy, "audit_export_role", {"role": input.additional.role}, listed.by) if {
	listed.value == false
} else := points.answer(
	policy,
	{
		"verdict": "allow",
		"code": "audit_export_allowed",
		"rule": {"role": input.additional.role},
		"constraints": constraints,
	},
	listed.by,
) if {
	export.value == true
	listed.value == true
}

export := points.single(policy, "allow_export")

listed := points.named(policy, "export_roles", input.additional.role)

constraints := {field: point.value |
	some field in [
		"log_all_actions",
		"log_policy_decisions",
		"log_data_access",
		"log_model_calls",
		"log_token_counts",
		"minimum_retention_days",
	]
	point := points.single(policy, field)
}
