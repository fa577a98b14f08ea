package openclaw.enterprise.features_test

import data.openclaw.enterprise.features

org := {"level": "org", "policy_id": "pol_b", "policy_version": 2, "policy_name": "Engineering"}

point(value) := {"*": {"value": value, "by": "pol_b"}}

merged(autonomy) := {
	"sources": {"pol_b": org},
	"task_intelligence": point(false),
	"auto_response": point(true),
	"visualization": point(true),
	"auto_response_autonomy": point(autonomy),
}

asked(autonomy, feature, effect) := decision if {
	decision := features.decision with data.policy.features as merged(autonomy)
		with input as {"action": "feature_access", "additional": {"feature": feature, "effect": effect}}
}

test_a_feature_that_is_on_is_allowed if {
	decision := asked("approve", "visualization", "write")
	decision.code == "feature_on"
	decision.constraints == {}
	decision.decided_by == org
}

test_a_feature_that_is_off_is_denied if {
	decision := asked("approve", "task_intelligence", "read")
	decision.code == "feature_off"
	decision.rule == {"feature": "task_intelligence"}
}

test_a_feature_that_nobody_knows_is_denied if {
	asked("approve", "telepathy", "read").code == "feature_unknown"
	asked("approve", "auto_response_autonomy", "read").code == "feature_unknown"
	asked("approve", "sources", "read").code == "feature_unknown"
	asked("approve", false, "read").code == "feature_unknown"
}

test_a_feature_that_no_level_speaks_of_is_denied if asked("approve", "work_tracking", "read").verdict == "deny"

test_a_response_goes_as_far_as_its_autonomy if {
	asked("autonomous", "auto_response", "write").verdict == "allow"
	asked("notify", "auto_response", "write").verdict == "notify"
	asked("approve", "auto_response", "write").verdict == "require_approval"
	asked("block", "auto_response", "write").verdict == "deny"
	asked("sometimes", "auto_response", "write").code == "undecided"
}

test_reading_for_a_response_needs_no_approval if {
	decision := asked("approve", "auto_response", "read")
	decision.verdict == "allow"
	decision.constraints == {"auto_response_autonomy": "approve"}
}

test_other_actions_are_no_business_of_it if {
	decision := features.decision with data.policy.features as merged("approve")
		with input as {"action": "jira_read", "additional": {"effect": "read"}}
	decision.applicable == false
}

test_no_input_is_a_denial if {
	decision := features.decision with data.policy.features as merged("approve") with input as {}
	decision.verdict == "deny"
}

test_no_policy_is_a_denial if {
	decision := features.decision with data.policy as {}
		with input as {"action": "feature_access", "additional": {"feature": "visualization", "effect": "read"}}
	decision.code == "no_policy"
}
