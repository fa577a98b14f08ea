package openclaw.enterprise.data_test

import data.openclaw.enterprise.data as leaving

org := {"level": "org", "policy_id": "pol_b", "policy_version": 2, "policy_name": "Engineering"}

point(value) := {"*": {"value": value, "by": "pol_b"}}

merged(allowed) := {
	"sources": {"pol_b": org},
	"allow_data_export": point(allowed),
	"export_max_classification": point("internal"),
}

asked(allowed, label, additional) := decision if {
	decision := leaving.decision with data.policy.data as merged(allowed)
		with input as {"action": "mail_export", "data_classification": label, "additional": additional}
}

test_data_within_the_ceiling_may_be_exported if {
	decision := asked(true, "internal", {"purpose": "export"})
	decision.code == "export_allowed"
	decision.constraints == {"max_classification": "internal"}
	decision.decided_by == org
}

test_data_above_the_ceiling_is_kept if {
	asked(true, "confidential", {"purpose": "export"}).code == "export_label"
	asked(true, "secret", {"purpose": "export"}).code == "export_label"
	asked(true, "confidential", {"purpose": "share"}).code == "export_label"
}

test_no_export_where_it_is_not_allowed if asked(false, "public", {"purpose": "export"}).code == "export_not_allowed"

test_an_operation_named_export_is_one if asked(false, "public", {"operation": "export_mail"}).code == "export_not_allowed"

test_sharing_is_bound_by_the_label_alone if asked(false, "public", {"purpose": "share"}).verdict == "allow"

test_other_purposes_are_no_business_of_it if {
	asked(false, "restricted", {"purpose": "answer"}).applicable == false
	asked(false, "restricted", {"operation": "read_issues"}).applicable == false
}

test_no_input_is_a_denial if {
	decision := leaving.decision with data.policy.data as merged(true) with input as {}
	decision.verdict == "deny"
}

test_no_policy_is_a_denial if {
	decision := leaving.decision with data.policy as {} with input as {"additional": {"purpose": "export"}}
	decision.code == "no_policy"
}

test_a_policy_without_points_is_a_denial if {
	decision := leaving.decision with data.policy.data as {"sources": {}}
		with input as {"data_classification": "public", "additional": {"purpose": "export"}}
	decision.verdict == "deny"
}
