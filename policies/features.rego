# Which features are on. Automatic responses that write go as far by themselves as `auto_response_autonomy` says.
package openclaw.enterprise.features

import data.openclaw.enterprise.merged
import data.openclaw.enterprise.points

policy := merged.policy.features

feature := input.additional.feature

default decision := {
	"applicable": true,
	"verdict": "deny",
	"code": "undecided",
	"rule": null,
	"decided_by": null,
	"constraints": {},
}

decision := points.not_applicable if {
	is_object(input.additional)
	object.get(input.additional, "feature", null) == null
} else := points.denial("no_policy") if {
	not policy
} else := points.denial("feature_unknown") if {
	not feature in known
} else := points.deny(policy, "feature_off", {"feature": feature}, switch.by) if {
	switch.value == false
} else := points.answer(
	policy,
	{
		"verdict": verdicts[autonomy.value],
		"code": codes[autonomy.value],
		"rule": {"feature": feature, "auto_response_autonomy": autonomy.value},
		"constraints": {"auto_response_autonomy": autonomy.value},
	},
	autonomy.by,
) if {
	switch.value == true
	feature == "auto_response"
	input.additional.effect != "read"
} else := points.answer(
	policy,
	{"verdict": "allow", "code": "feature_on", "rule": {"feature": feature}, "constraints": constraints},
	switch.by,
) if {
	switch.value == true
	not writes_response
}

known := {"task_intelligence", "auto_response", "work_tracking", "org_intelligence", "visualization"}

switch := points.single(policy, feature)

autonomy := points.single(policy, "auto_response_autonomy")

writes_response if {
	feature == "auto_response"
	not input.additional.effect == "read"
}

constraints := {"auto_response_autonomy": autonomy.value} if {
	feature == "auto_response"
} else := {}

verdicts := {"autonomous": "allow", "notify": "notify", "approve": "require_approval", "block": "deny"}

codes := {
	"autonomous": "feature_on",
	"notify": "response_notify",
	"approve": "response_approval",
	"block": "response_blocked",
}
