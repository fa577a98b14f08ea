package openclaw.enterprise.merged_test

import data.openclaw.enterprise.actions
import data.openclaw.enterprise.merged

allowing := {
	"sources": {"pol_a": {"level": "enterprise", "policy_id": "pol_a", "policy_version": 1, "policy_name": "Actions"}},
	"autonomy": {"read.*": {"value": "autonomous", "by": "pol_a"}},
}

question := {"action": "jira_read", "additional": {"effect": "read"}}

test_the_data_document_is_the_policy if {
	merged.policy == {"actions": 1} with data.policy as {"actions": 1} with input as {}
}

test_without_data_the_question_carries_it if {
	policy := {"actions": allowing}
	actions.decision.verdict == "allow" with input as object.union(question, {"policy": policy})
}

test_a_question_cannot_bring_its_own_where_there_is_data if {
	policy := {"actions": allowing}
	actions.decision.code == "no_policy" with data.policy as {}
		with input as object.union(question, {"policy": policy})
}

test_without_either_it_is_a_denial if actions.decision.code == "no_policy" with input as question
