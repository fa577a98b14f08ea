# How confidential data is. A label that nobody knows counts as the highest, a ceiling that nobody knows as the lowest.
package openclaw.enterprise.labels

ranks := {"public": 0, "internal": 1, "confidential": 2, "restricted": 3}

within(label, ceiling) if object.get(ranks, label, 3) <= object.get(ranks, ceiling, -1)

# The label of the data that the question is about.
current := label if {
	label := input.data_classification
	ranks[label]
} else := "restricted"
