package openclaw.enterprise.audit_test

import data.openclaw.enterprise.audit

org := {"level": "org", "policy_id": "pol_b", "policy_version": 2, "policy_name": "Engineering"}

point(value) := {"*": {"value": value, "by": "pol_b"}}

merged(allowed) := {
	"sources": {"pol_b": org},
	"log_token_counts": point(true),
	"minimum_retention_days": point(730),
	"allow_export": point(allowed),
	"export_roles": {"*": {"value": false, "by": "pol_b"}, "enterprise_admin.*": {"value": true, "by": "pol_b"}},
}

asked(allowed, role) := decision if {
	decision := audit.decision with data.policy.audit as merged(allowed)
		with input as {"action": "audit_export", "additional": {"role": role}}
}

test_a_listed_role_may_export if {
	decision := asked(true, "enterprise_admin")
	decision.code == "audit_export_allowed"
	decision.constraints == {"log_token_counts": true, "minimum_retention_days": 730}
	decision.decided_by == org
}

test_other_roles_may_not if {
	decision := asked(true, "org_admin")
	decision.code == "audit_export_role"
	decision.rule == {"role": "org_admin"}
}

test_nobody_may_where_it_is_not_allowed if asked(false, "enterprise_admin").code == "audit_export_not_allowed"

test_nobody_in_particular_may_not if asked(true, null).verdict == "deny"

test_other_actions_are_no_business_of_it if {
	decision := audit.decision with data.policy.audit as merged(false) with input as {"action": "audit_read"}
	decision.applicable == false
}

test_no_input_is_a_denial if {
	decision := audit.decision with data.policy.audit as merged(true) with input as {}
	decision.verdict == "deny"
}

test_no_policy_is_a_denial if {
	decision := audit.decision with data.policy as {}
		with input as {"action": "audit_export", "additional": {"role": "enterprise_admin"}}
	decision.code == "no_policy"
}

test_a_policy_without_points_is_a_denial if {
	decision := audit.decision with data.policy.audit as {"sources": {}}
		with input as {"action": "audit_export", "additional": {"role": "enterprise_admin"}}
	decision.verdict == "deny"
}
