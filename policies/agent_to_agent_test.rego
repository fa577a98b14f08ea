package openclaw.enterprise.agent_to_agent_test

import data.openclaw.enterprise.agent_to_agent

org := {"level": "org", "policy_id": "pol_b", "policy_version": 2, "policy_name": "Engineering"}

point(value) := {"*": {"value": value, "by": "pol_b"}}

merged := {
	"sources": {"pol_b": org},
	"allow_inbound": point(true),
	"allow_outbound": point(true),
	"max_classification_outbound": point("internal"),
	"allowed_peers": point(true),
	"blocked_peers": {"eve.*": {"value": true, "by": "pol_b"}, "engineering/labs.*": {"value": true, "by": "pol_b"}},
	"require_encryption": point(true),
	"loop_prevention_max_hops": point(5),
}

exchange := {
	"exchange_type": "information_query",
	"direction": "outbound",
	"source_tenant": "acme",
	"target_tenant": "acme",
	"source_org": "engineering/web",
	"target_org": "engineering/api",
	"peer": "bob",
	"hops": 1,
	"encrypted": true,
}

question(more) := {
	"tenant_id": "acme",
	"action": "agent_exchange",
	"data_classification": "internal",
	"additional": object.union(exchange, more),
}

asked(policy, more) := decision if {
	decision := agent_to_agent.decision with data.policy.agent_to_agent as policy with input as question(more)
}

with_rules(rules, more) := asked(object.union(merged, rules), more)

test_a_question_to_a_colleague_is_allowed if {
	decision := asked(merged, {})
	decision.verdict == "allow"
	decision.code == "exchange_allowed"
	decision.decided_by == org
	decision.constraints == {"max_classification": "internal", "max_rounds": 3, "loop_prevention_max_hops": 5}
}

test_a_commitment_waits_for_a_person if {
	every type in ["commitment_request", "meeting_scheduling"] {
		asked(merged, {"exchange_type": type}).verdict == "require_approval"
		asked(merged, {"exchange_type": type}).code == "commitment"
	}
}

test_another_tenant_is_always_denied if {
	asked(merged, {"target_tenant": "globex"}).code == "cross_enterprise"
	asked(merged, {"source_tenant": "globex"}).code == "cross_enterprise"
	asked(merged, {"source_tenant": "globex", "target_tenant": "globex"}).code == "cross_enterprise"
	asked(merged, {"target_tenant": null}).code == "cross_enterprise"
	decision := agent_to_agent.decision with data.policy as {} with input as question({"target_tenant": "globex"})
	decision.code == "cross_enterprise"
}

test_another_organisation_is_an_action_of_its_own if {
	asked(merged, {"target_org": "sales"}).code == "cross_org"
	asked(merged, {"target_org": ""}).code == "cross_org"
	other := object.union(question({"target_org": "sales"}), {"action": "agent_exchange_cross_org"})
	decision := agent_to_agent.decision with data.policy.agent_to_agent as merged with input as other
	decision.verdict == "allow"
}

test_each_direction_has_its_switch if {
	with_rules({"allow_outbound": point(false)}, {}).code == "direction_not_allowed"
	with_rules({"allow_outbound": point(false)}, {"direction": "inbound"}).verdict == "allow"
	with_rules({"allow_inbound": point(false)}, {"direction": "inbound"}).code == "direction_not_allowed"
	asked(merged, {"direction": "sideways"}).verdict == "deny"
}

test_a_blocked_person_or_unit_is_denied if {
	asked(merged, {"peer": "eve"}).code == "peer_blocked"
	asked(merged, {"target_org": "engineering/labs/ai"}).code == "peer_blocked"
	asked(merged, {"direction": "inbound", "source_org": "engineering/labs"}).code == "peer_blocked"
}

listed := {"allowed_peers": {"*": {"value": false, "by": "pol_b"}, "bob.*": {"value": true, "by": "pol_b"}, "engineering/api.*": {"value": true, "by": "pol_b"}}}

test_where_peers_are_listed_others_are_denied if {
	with_rules(listed, {}).verdict == "allow"
	with_rules(listed, {"peer": "cyd"}).verdict == "allow"
	with_rules(listed, {"peer": "cyd", "target_org": "engineering/web"}).code == "peer_not_allowed"
}

test_blocked_goes_before_allowed if {
	rules := object.union(listed, {"blocked_peers": {"bob.*": {"value": true, "by": "pol_b"}}})
	with_rules(rules, {}).code == "peer_blocked"
}

test_hops_are_counted if {
	asked(merged, {"hops": 5}).verdict == "allow"
	every hops in [6, -1, null, "2"] {
		asked(merged, {"hops": hops}).code == "too_many_hops"
	}
}

test_encryption_is_required_unless_a_policy_says_not if {
	asked(merged, {"encrypted": false}).code == "encryption_required"
	asked(merged, {"encrypted": null}).code == "encryption_required"
	with_rules({"require_encryption": point(false)}, {"encrypted": false}).verdict == "allow"
}

labelled(label, more) := decision if {
	decision := agent_to_agent.decision with data.policy.agent_to_agent as merged
		with input as object.union(question(more), {"data_classification": label})
}

test_what_goes_out_is_within_its_ceiling if {
	labelled("confidential", {}).code == "label_too_high"
	labelled("secret", {}).code == "label_too_high"
	labelled("confidential", {"direction": "inbound"}).verdict == "allow"
}

test_an_unknown_type_of_exchange_is_denied if asked(merged, {"exchange_type": "gossip"}).code == "exchange_type_unknown"

test_an_exchange_without_a_type_is_denied if {
	asked(merged, {"exchange_type": null}).code == "exchange_type_unknown"
}

test_a_missing_peer_is_denied if asked(merged, {"peer": null}).verdict == "deny"

test_other_actions_are_no_business_of_it if {
	decision := agent_to_agent.decision with data.policy.agent_to_agent as merged
		with input as {"action": "jira_read", "additional": {"effect": "read"}}
	decision.applicable == false
}

test_no_input_is_a_denial if {
	decision := agent_to_agent.decision with data.policy.agent_to_agent as merged with input as {}
	decision.verdict == "deny"
}

test_no_policy_is_a_denial if {
	decision := agent_to_agent.decision with data.policy as {} with input as question({})
	decision.code == "no_policy"
}

test_a_policy_without_points_is_a_denial if asked({"sources": {}}, {}).verdict == "deny"
