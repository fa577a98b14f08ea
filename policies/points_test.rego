package openclaw.enterprise.points_test

import data.openclaw.enterprise.points

named := {"github.comment_issue": 1, "github.*": 2, "*": 3}

test_the_exact_name_goes_first if points.at(named, "github", "comment_issue") == 1

test_then_the_group if points.at(named, "github", "close_pr") == 2

test_then_everything if points.at(named, "jira", "close_pr") == 3

test_nothing_said_is_undefined if not points.at({"github.*": 2}, "jira", "close_pr")
