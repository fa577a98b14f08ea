# Which model may be called, for which data, and for how many tokens. Confidential and restricted data go to an external
# model only where a policy names that model for them; a model of one's own needs no mention.
package openclaw.enterprise.models

import data.openclaw.enterprise.labels
import data.openclaw.enterprise.merged
import data.openclaw.enterprise.points

policy := merged.policy.models

model := input.additional.model if is_string(input.additional.model)

default decision := {
	"applicable": true,
	"verdict": "deny",
	"code": "undecided",
	"rule": null,
	"decided_by": null,
	"constraints": {},
}

decision := points.not_applicable if {
	input.action != "model_call"
} else := points.denial("no_policy") if {
	not policy
} else := points.deny(policy, "model_not_allowed", {"model": model}, on_list.by) if {
	on_list.value == false
} else := points.deny(policy, "external_model", {"model": model}, outside.by) if {
	external
	outside.value == false
} else := points.deny(policy, "label_kept_inside", {"model": model, "classification": labels.current}, cleared.by) if {
	external
	cleared.value == false
} else := points.deny(policy, "tokens_per_request", {"model": model, "max_tokens_per_request": request.value}, request.by) if {
	request
	not within_request
} else := points.deny(policy, "tokens_per_day", {"model": model, "max_tokens_per_day": day.value}, day.by) if {
	day
	not within_day
} else := points.answer(
	policy,
	{"verdict": "allow", "code": "model_allowed", "rule": {"model": model}, "constraints": constraints},
	on_list.by,
) if {
	on_list.value == true
	permitted
}

on_list := points.named(policy, "allowed_models", model)

outside := points.single(policy, "allow_external_models")

request := points.single(policy, "max_tokens_per_request")

day := points.single(policy, "max_tokens_per_day")

within_request if tokens <= request.value

within_day if {
	today := input.additional.tokens_today
	is_number(today)
	today >= 0
	today + tokens <= day.value
}

tokens := prompt + output if {
	prompt := input.additional.prompt_tokens
	output := input.additional.max_output_tokens
	is_number(prompt)
	is_number(output)
	prompt >= 0
	output >= 0
}

# What nobody calls self-hosted, or what is named like a vendor's model, is external.
external if not input.additional.external == false

external if {
	some prefix in ["gpt-", "claude-", "gemini-", "openai/", "anthropic/", "google/"]
	startswith(lower(model), prefix)
}

lists := {"confidential": "confidential_data_models", "restricted": "restricted_data_models"}

cleared := points.named(policy, lists[labels.current], model)

permitted if not external

permitted if {
	outside.value == true
	labels.within(labels.current, ceiling)
}

constraints := object.union(
	{"max_classification": ceiling},
	{name: point.value |
		some name in ["max_tokens_per_request", "max_tokens_per_day"]
		point := points.single(policy, name)
	},
)

ceiling := "restricted" if {
	not external
} else := "restricted" if {
	points.named(policy, "restricted_data_models", model).value == true
} else := "confidential" if {
	points.named(policy, "confidential_data_models", model).value == true
} else := "internal"
