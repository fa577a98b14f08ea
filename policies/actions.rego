# How far an action may go by itself: `autonomous`, `notify`, `approve` or `block`.
# An override for the action decides, else reads run by themselves, else `default_autonomy`.
package openclaw.enterprise.actions

import data.openclaw.enterprise.merged
import data.openclaw.enterprise.points

policy := merged.policy.actions

default decision := {
	"applicable": true,
	"verdict": "deny",
	"code": "undecided",
	"rule": null,
	"decided_by": null,
	"constraints": {},
}

decision := points.denial("no_policy") if not policy

decision := {
	"applicable": true,
	"verdict": answer.verdict,
	"code": answer.code,
	"rule": {input.action: point.value},
	"decided_by": policy.sources[point.by],
	"constraints": answer.constraints,
} if {
	point := points.at(policy.autonomy, kind, input.action)
	answer := answers[point.value]
}

kind := "read" if input.additional.effect == "read"

kind := "write" if input.additional.effect in {"write", "destructive"}

answers := {
	"autonomous": {"verdict": "allow", "code": "autonomous", "constraints": {"disclosure_required": false}},
	"notify": {"verdict": "notify", "code": "notify", "constraints": {"disclosure_required": true}},
	"approve": {"verdict": "require_approval", "code": "approval_required", "constraints": {}},
	"block": {"verdict": "deny", "code": "blocked", "constraints": {}},
}
