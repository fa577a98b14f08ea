# The merged policy states points: `github.comment_issue` goes before `github.*`, and that before `*`.
package openclaw.enterprise.points

at(points, group, name) := points[exact] if {
	exact := concat(".", [group, name])
} else := points[wide] if {
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
