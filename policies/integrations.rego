# Which connectors may be used, and for what. A write needs `read_write` and its operation listed;
# otherwise it is denied, not queued. What the system reads of itself is no connector's business.
package openclaw.enterprise.integrations

import data.openclaw.enterprise.merged
import data.openclaw.enterprise.points

policy := merged.policy.integrations

connector := input.target_system

operation := input.additional.operation

effect := input.additional.effect

default decision := {
	"applicable": true,
	"verdict": "deny",
	"code": "undecided",
	"rule": null,
	"decided_by": null,
	"constraints": {},
}

decision := points.not_applicable if {
	connector == "openclaw"
} else := points.denial("no_policy") if {
	not policy
} else := answer("deny", "connector_not_allowed", {"connector": connector}, use.by) if {
	use.value == false
} else := answer("deny", "permission_read", access, permission.by) if {
	writes
	permission.value == "read"
} else := answer("allow", "operation_allowed", access, grant.by) if {
	use.value == true
	operation_granted
} else := answer("deny", "operation_not_allowed", access, grant.by) if {
	effect in {"read", "write", "destructive"}
}

use := points.at(policy.connectors, connector, "use")

permission := points.at(policy.permission, connector, "permission")

grant := points.at(policy.operations, connector, operation)

writes if effect in {"write", "destructive"}

operation_granted if {
	effect == "read"
	grant.value in {"read", "any"}
}

operation_granted if {
	writes
	permission.value == "read_write"
	grant.value == "any"
}

access := {
	"connector": connector,
	"operation": operation,
	"permission": permission.value,
	"grant": grant.value,
}

answer(verdict, code, rule, by) := {
	"applicable": true,
	"verdict": verdict,
	"code": code,
	"rule": rule,
	"decided_by": policy.sources[by],
	"constraints": {},
}
