package openclaw.enterprise.integrations_test

import data.openclaw.enterprise.integrations

org := {"level": "org", "policy_id": "pol_b", "policy_version": 1, "policy_name": "Engineering"}

merged := {
	"sources": {"pol_b": org},
	"connectors": {
		"*": {"value": false, "by": "pol_b"},
		"github.*": {"value": true, "by": "pol_b"},
		"jira.*": {"value": true, "by": "pol_b"},
	},
	"permission": {
		"*": {"value": "read", "by": "pol_b"},
		"github.*": {"value": "read_write", "by": "pol_b"},
	},
	"operations": {
		"*": {"value": "read", "by": "pol_b"},
		"github.*": {"value": "none", "by": "pol_b"},
		"github.read_issues": {"value": "read", "by": "pol_b"},
		"github.comment_issue": {"value": "any", "by": "pol_b"},
	},
}

asked(connector, operation, effect) := decision if {
	decision := integrations.decision with data.policy.integrations as merged
		with input as {"target_system": connector, "additional": {"operation": operation, "effect": effect}}
}

test_a_listed_read_is_allowed if asked("github", "read_issues", "read").code == "operation_allowed"

test_a_read_is_denied_where_operations_are_listed_without_it if {
	asked("github", "read_prs", "read").code == "operation_not_allowed"
}

test_every_read_is_allowed_where_operations_are_not_listed if {
	asked("jira", "read_issues", "read").verdict == "allow"
}

test_a_listed_write_is_allowed if {
	decision := asked("github", "comment_issue", "write")
	decision.verdict == "allow"
	decision.decided_by == org
}

test_an_unlisted_write_is_denied_not_queued if {
	decision := asked("github", "close_pr", "destructive")
	decision.verdict == "deny"
	decision.code == "operation_not_allowed"
	decision.rule.operation == "close_pr"
}

test_an_operation_listed_as_read_does_not_write if asked("github", "read_issues", "write").verdict == "deny"

test_a_write_under_read_permission_is_denied_not_queued if {
	decision := asked("jira", "comment_issue", "write")
	decision.verdict == "deny"
	decision.code == "permission_read"
}

test_a_connector_that_is_not_allowed_is_denied_for_reads_too if {
	decision := asked("gmail", "read_email", "read")
	decision.verdict == "deny"
	decision.code == "connector_not_allowed"
	decision.rule == {"connector": "gmail"}
}

test_the_system_itself_is_not_a_connector if asked("openclaw", "read_audit", "read").applicable == false

test_an_unknown_effect_is_a_denial if asked("github", "comment_issue", "poke").verdict == "deny"

test_a_missing_connector_is_a_denial if {
	decision := integrations.decision with data.policy.integrations as merged
		with input as {"additional": {"operation": "read_issues", "effect": "read"}}
	decision.verdict == "deny"
}

test_no_input_is_a_denial if {
	decision := integrations.decision with data.policy.integrations as merged with input as {}
	decision.verdict == "deny"
}

test_a_policy_without_points_is_a_denial if {
	decision := integrations.decision with data.policy.integrations as {"sources": {}}
		with input as {"target_system": "github", "additional": {"operation": "read_issues", "effect": "read"}}
	decision.verdict == "deny"
}

test_no_policy_is_a_denial if {
	decision := integrations.decision with data.policy as {}
		with input as {"target_system": "github", "additional": {"operation": "read_issues", "effect": "read"}}
	decision.code == "no_policy"
}
