package openclaw.enterprise.models_test

import data.openclaw.enterprise.models

org := {"level": "org", "policy_id": "pol_b", "policy_version": 2, "policy_name": "Engineering"}

merged := {
	"sources": {"pol_b": org},
	"allowed_models": {"*": {"value": true, "by": "pol_b"}, "llama-4.*": {"value": false, "by": "pol_b"}},
	"allow_external_models": {"*": {"value": true, "by": "pol_b"}},
	"max_tokens_per_request": {"*": {"value": 1000, "by": "pol_b"}},
	"max_tokens_per_day": {"*": {"value": 5000, "by": "pol_b"}},
	"confidential_data_models": {
		"*": {"value": false, "by": "pol_b"},
		"claude-5.*": {"value": true, "by": "pol_b"},
		"claude-6.*": {"value": true, "by": "pol_b"},
	},
	"restricted_data_models": {"*": {"value": false, "by": "pol_b"}, "claude-6.*": {"value": true, "by": "pol_b"}},
}

inside := object.union(merged, {"allow_external_models": {"*": {"value": false, "by": "pol_b"}}})

unlimited := object.remove(merged, ["max_tokens_per_request", "max_tokens_per_day"])

call := {"model": "gpt-5.1", "external": true, "prompt_tokens": 600, "max_output_tokens": 400, "tokens_today": 4000}

asked(policy, label, more) := decision if {
	decision := models.decision with data.policy.models as policy
		with input as {"action": "model_call", "data_classification": label, "additional": object.union(call, more)}
}

own := {"model": "mistral", "external": false}

test_an_external_model_may_have_internal_data if {
	decision := asked(merged, "internal", {})
	decision.verdict == "allow"
	decision.code == "model_allowed"
	decision.decided_by == org
	decision.constraints == {"max_classification": "internal", "max_tokens_per_request": 1000, "max_tokens_per_day": 5000}
}

test_confidential_data_stays_inside if {
	decision := asked(merged, "confidential", {})
	decision.code == "label_kept_inside"
	decision.rule == {"model": "gpt-5.1", "classification": "confidential"}
}

test_unknown_labels_stay_inside if asked(merged, "secret", {}).code == "label_kept_inside"

test_a_model_named_for_confidential_data_gets_it_and_no_more if {
	asked(merged, "confidential", {"model": "claude-5"}).constraints.max_classification == "confidential"
	asked(merged, "restricted", {"model": "claude-5"}).code == "label_kept_inside"
}

test_a_model_named_for_restricted_data_gets_it if {
	asked(merged, "restricted", {"model": "claude-6"}).constraints.max_classification == "restricted"
}

test_a_model_named_for_restricted_data_alone_gets_that_and_nothing_confidential if {
	alone := object.union(merged, {"restricted_data_models": {"gpt-5.*": {"value": true, "by": "pol_b"}}})
	asked(alone, "restricted", {"model": "gpt-5"}).verdict == "allow"
	asked(alone, "confidential", {"model": "gpt-5"}).code == "label_kept_inside"
}

test_a_model_of_our_own_gets_all if {
	decision := asked(inside, "restricted", own)
	decision.verdict == "allow"
	decision.constraints.max_classification == "restricted"
}

test_no_external_model_where_none_is_allowed if {
	asked(inside, "public", {}).code == "external_model"
	asked(inside, "internal", {"model": "claude-6"}).code == "external_model"
}

test_what_is_named_like_a_vendors_model_is_external if {
	every name in ["gpt-oss", "Claude-5", "openai/o9", "google/gemma"] {
		asked(inside, "public", {"model": name, "external": false}).code == "external_model"
	}
}

test_what_nobody_calls_self_hosted_is_external if {
	asked(inside, "public", {"model": "mistral", "external": null}).code == "external_model"
}

test_a_model_that_is_not_allowed_is_denied if {
	decision := asked(merged, "public", {"model": "llama-4", "external": false})
	decision.code == "model_not_allowed"
	decision.rule == {"model": "llama-4"}
}

test_too_many_tokens_in_one_call if {
	decision := asked(merged, "public", {"max_output_tokens": 401})
	decision.code == "tokens_per_request"
	decision.rule.max_tokens_per_request == 1000
}

test_too_many_tokens_in_one_day if asked(merged, "public", {"tokens_today": 4001}).code == "tokens_per_day"

test_tokens_that_nobody_counted_are_too_many if {
	every spoilt in [null, "12", -5] {
		asked(merged, "public", {"prompt_tokens": spoilt}).code == "tokens_per_request"
	}
	asked(merged, "public", {"tokens_today": null}).code == "tokens_per_day"
}

test_without_limits_nothing_is_counted if {
	decision := asked(unlimited, "public", {"prompt_tokens": null, "tokens_today": null})
	decision.verdict == "allow"
	decision.constraints == {"max_classification": "internal"}
}

test_a_call_without_a_model_is_denied if asked(merged, "public", {"model": null}).verdict == "deny"

test_other_actions_are_no_business_of_it if {
	decision := models.decision with data.policy.models as merged with input as {"action": "jira_read"}
	decision.applicable == false
}

test_no_input_is_a_denial if {
	decision := models.decision with data.policy.models as merged with input as {}
	decision.verdict == "deny"
}

test_no_policy_is_a_denial if {
	decision := models.decision with data.policy as {} with input as {"action": "model_call", "additional": call}
	decision.code == "no_policy"
}

test_a_policy_without_points_is_a_denial if asked({"sources": {}}, "public", {}).verdict == "deny"
