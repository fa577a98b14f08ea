# The merged policy states points: `github.comment_issue` goes before `github.*`, and that before `*`.
package openclaw.enterprise.points

at(points, group, name) := points[exact] if {
	is_string(group)
	is_string(name)
	exact := concat(".", [group, name])
} else := points[wide] if {
	is_string(group)
	wide := concat(".", [group, "*"])
} else := points["*"]

# The answer when nothing else can be said: a denial, never silence.
denial(code) := {
	"applicable": true,
	"verdict": "deny",
	"code": code,
	"rule": null,
	"decided_by": null,
	"constraints": {},
}

not_applicable := {
	"applicable": false,
	"verdict": "allow",
	"code": "not_applicable",
	"rule": null,
	"decided_by": null,
	"constraints": {},
}

# The point of a field with one value: a switch, a number, a word.
single(policy, field) := policy[field]["*"]

# The point of one name on a list.
named(policy, field, name) := at(policy[field], name, "*")

answer(policy, given, by) := object.union(given, {
	"applicable": true,
	"decided_by": policy.sources[by],
	"constraints": object.get(given, "constraints", {}),
})

deny(policy, code, rule, by) := answer(policy, {"verdict": "deny", "code": code, "rule": rule}, by)
