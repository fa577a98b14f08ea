package openclaw.enterprise.actions_test

import data.openclaw.enterprise.actions

enterprise := {"level": "enterprise", "policy_id": "pol_a", "policy_version": 3, "policy_name": "Actions"}

org := {"level": "org", "policy_id": "pol_b", "policy_version": 1, "policy_name": "Engineering"}

merged := {
	"sources": {"pol_a": enterprise, "pol_b": org},
	"autonomy": {
		"read.*": {"value": "autonomous", "by": "pol_a"},
		"write.*": {"value": "approve", "by": "pol_a"},
		"read.email_read": {"value": "approve", "by": "pol_b"},
		"write.email_delete": {"value": "block", "by": "pol_a"},
		"write.jira_comment": {"value": "notify", "by": "pol_b"},
		"write.jira_label": {"value": "autonomous", "by": "pol_b"},
		"write.jira_odd": {"value": "sometimes", "by": "pol_b"},
	},
}

decided(action, effect) := decision if {
	decision := actions.decision with data.policy.actions as merged
		with input as {"action": action, "additional": {"effect": effect}}
}

test_a_read_runs_by_itself if {
	decision := decided("github_issue_read", "read")
	decision.verdict == "allow"
	decision.code == "autonomous"
	decision.rule == {"github_issue_read": "autonomous"}
}

test_an_override_holds_for_a_read if decided("email_read", "read").verdict == "require_approval"

test_a_write_follows_the_default if {
	decision := decided("github_issue_comment", "write")
	decision.verdict == "require_approval"
	decision.code == "approval_required"
	decision.decided_by == enterprise
}

test_a_destructive_action_is_a_write if decided("github_pr_close", "destructive").verdict == "require_approval"

test_block_is_a_denial if {
	decision := decided("email_delete", "destructive")
	decision.verdict == "deny"
	decision.code == "blocked"
}

test_notify_discloses if {
	decision := decided("jira_comment", "write")
	decision.verdict == "notify"
	decision.constraints.disclosure_required
	decision.decided_by == org
}

test_an_autonomous_write_is_allowed if decided("jira_label", "write").verdict == "allow"

test_an_unknown_level_is_a_denial if decided("jira_odd", "write").code == "undecided"

test_an_unknown_effect_is_a_denial if decided("github_issue_read", "peek").verdict == "deny"

test_a_missing_effect_is_a_denial if {
	decision := actions.decision with data.policy.actions as merged with input as {"action": "github_issue_read"}
	decision.verdict == "deny"
}

test_no_input_is_a_denial if {
	decision := actions.decision with data.policy.actions as merged with input as {}
	decision.verdict == "deny"
}

test_a_policy_without_source_is_a_denial if {
	decision := actions.decision with data.policy.actions as {"autonomy": merged.autonomy, "sources": {}}
		with input as {"action": "github_issue_read", "additional": {"effect": "read"}}
	decision.verdict == "deny"
}

test_no_policy_is_a_denial if {
	decision := actions.decision with data.policy as {}
		with input as {"action": "github_issue_read", "additional": {"effect": "read"}}
	decision.code == "no_policy"
	decision.verdict == "deny"
}
