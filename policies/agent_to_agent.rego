# What assistants may say to one another: within one tenant, to whom, how confidential, over how many hops. An exchange
# that commits a person waits for that person. Between organisations it is an action of its own,
# `agent_exchange_cross_org`, so that the actions domain decides it too.
package openclaw.enterprise.agent_to_agent

import data.openclaw.enterprise.labels
import data.openclaw.enterprise.merged
import data.openclaw.enterprise.points

policy := merged.policy.agent_to_agent

exchange := input.additional

default decision := {
	"applicable": true,
	"verdict": "deny",
	"code": "undecided",
	"rule": null,
	"decided_by": null,
	"constraints": {},
}

decision := points.not_applicable if {
	not named_exchange
	is_object(exchange)
	object.get(exchange, "exchange_type", null) == null
} else := points.denial("cross_enterprise") if {
	not one_tenant
} else := points.denial("no_policy") if {
	not policy
} else := points.denial("exchange_type_unknown") if {
	not exchange.exchange_type in {"information_query", "commitment_request", "meeting_scheduling"}
} else := points.denial("cross_org") if {
	not one_org
	not input.action == "agent_exchange_cross_org"
} else := points.deny(policy, "direction_not_allowed", {"direction": exchange.direction}, way.by) if {
	way.value == false
} else := points.deny(policy, "peer_blocked", {"peer": exchange.peer}, blocked) if {
	blocked
} else := points.deny(policy, "peer_not_allowed", {"peer": exchange.peer}, unlisted.by) if {
	unlisted
} else := points.deny(policy, "too_many_hops", {"loop_prevention_max_hops": hops.value}, hops.by) if {
	not within_hops
} else := points.deny(policy, "encryption_required", {"require_encryption": true}, encryption.by) if {
	not encryption.value == false
	not exchange.encrypted == true
} else := points.deny(policy, "label_too_high", {"max_classification_outbound": share.value, "classification": labels.current}, share.by) if {
	not exchange.direction == "inbound"
	not labels.within(labels.current, share.value)
} else := points.answer(
	policy,
	{
		"verdict": "require_approval",
		"code": "commitment",
		"rule": {"exchange_type": exchange.exchange_type},
		"constraints": constraints,
	},
	way.by,
) if {
	way.value == true
	listed
	exchange.exchange_type in {"commitment_request", "meeting_scheduling"}
} else := points.answer(
	policy,
	{
		"verdict": "allow",
		"code": "exchange_allowed",
		"rule": {"exchange_type": exchange.exchange_type},
		"constraints": constraints,
	},
	way.by,
) if {
	way.value == true
	listed
}

named_exchange if {
	is_string(input.action)
	startswith(input.action, "agent_exchange")
}

one_tenant if {
	exchange.source_tenant == input.tenant_id
	exchange.target_tenant == input.tenant_id
}

one_org if {
	root(exchange.source_org) == root(exchange.target_org)
}

root(unit) := split(unit, "/")[0] if {
	is_string(unit)
	unit != ""
}

ways := {"inbound": "allow_inbound", "outbound": "allow_outbound"}

way := points.single(policy, ways[exchange.direction])

hops := points.single(policy, "loop_prevention_max_hops")

within_hops if {
	is_number(exchange.hops)
	exchange.hops >= 0
	exchange.hops <= hops.value
}

encryption := points.single(policy, "require_encryption")

share := points.single(policy, "max_classification_outbound")

# A peer goes by its own name and by those of its org unit and all above that.
peers := {exchange.peer} | units if is_string(exchange.peer)

units := {unit |
	is_string(far_org)
	path := split(far_org, "/")
	some last, _ in path
	unit := concat("/", array.slice(path, 0, last + 1))
}

far_org := exchange.target_org if exchange.direction == "outbound"

far_org := exchange.source_org if exchange.direction == "inbound"

blocked := min(blockers) if count(blockers) > 0

blockers := {point.by |
	some peer in peers
	point := points.named(policy, "blocked_peers", peer)
	point.value == true
}

listed if {
	some peer in peers
	points.named(policy, "allowed_peers", peer).value == true
}

unlisted := point if {
	every peer in peers {
		points.named(policy, "allowed_peers", peer).value == false
	}
	point := points.named(policy, "allowed_peers", exchange.peer)
}

constraints := {
	"max_classification": share.value,
	"max_rounds": 3,
	"loop_prevention_max_hops": hops.value,
}
