package openclaw.enterprise.labels_test

import data.openclaw.enterprise.labels

test_a_label_is_within_its_own_and_higher_ones if {
	labels.within("internal", "internal")
	labels.within("public", "restricted")
}

test_a_label_is_not_within_a_lower_one if not labels.within("confidential", "internal")

test_an_unknown_label_is_within_the_highest_alone if {
	labels.within("secret", "restricted")
	not labels.within("secret", "confidential")
}

test_nothing_is_within_an_unknown_ceiling if not labels.within("public", "secret")

test_a_known_label_is_kept if labels.current == "public" with input as {"data_classification": "public"}

test_an_unknown_or_missing_label_is_restricted if {
	labels.current == "restricted" with input as {"data_classification": "secret"}
	labels.current == "restricted" with input as {}
}
