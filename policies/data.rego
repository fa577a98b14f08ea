# Which data may leave: exported by a person, or shared with someone outside.
package openclaw.enterprise.data

import data.openclaw.enterprise.labels
import data.openclaw.enterprise.merged
import data.openclaw.enterprise.points

policy := merged.policy.data

default decision := {
	"applicable": true,
	"verdict": "deny",
	"code": "undecided",
	"rule": null,
	"decided_by": null,
	"constraints": {},
}

decision := points.not_applicable if {
	input.additional
	not leaves
} else := points.denial("no_policy") if {
	not policy
} else := points.deny(policy, "export_not_allowed", {"allow_data_export": false}, export.by) if {
	exports
	export.value == false
} else := points.deny(
	policy,
	"export_label",
	{"export_max_classification": ceiling.value, "classification": labels.current},
	ceiling.by,
) if {
	not labels.within(labels.current, ceiling.value)
} else := points.answer(
	policy,
	{
		"verdict": "allow",
		"code": "export_allowed",
		"rule": {"export_max_classification": ceiling.value},
		"constraints": {"max_classification": ceiling.value},
	},
	ceiling.by,
) if {
	may_leave
}

leaves if input.additional.purpose in {"export", "share"}

leaves if exports

exports if input.additional.purpose == "export"

exports if startswith(input.additional.operation, "export_")

export := points.single(policy, "allow_data_export")

ceiling := points.single(policy, "export_max_classification")

may_leave if not exports

may_leave if export.value == true
