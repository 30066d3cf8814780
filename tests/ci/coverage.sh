# SPDX-License-Identifier: LGPL-3.0-or-later
# shellcheck shell=bash
#
# Which lines of the layers that decide and that read from others the unit
# tests run.  The lines that are left are mostly those for a lack of memory,
# which tests/oom comes to through the whole library.

coverage_least=95

# One layer's figures, a file a line.
cover()
{
	local layer=$1 log
	if log=$(gcovr --root . --filter "$layer/" --txt \
		--fail-under-line $coverage_least \
		build-tests-coverage 2>&1); then
		echo "$log"
		echo "ok: $layer"
		passed=$((passed + 1))
	else
		echo "$log"
		printf -- '\n---- FAILED: %s: below %s %% of lines\n' "$layer" \
			$coverage_least
		failed=$((failed + 1))
	fi
	note "$layer $(awk '/^TOTAL/ { print $4 }' <<<"$log") of lines"
}

run_coverage()
{
	local passed=0 failed=0 suites=(--suite unit --suite wire --suite fuzz)
	build coverage -Dtool=disabled -Db_coverage=true -Dbuildtype=debug || return
	# What an earlier run has counted is not this one's.
	find build-tests-coverage -name '*.gcda' -delete
	run_tests coverage testlog "$(list_tests coverage "${suites[@]}")" \
		"${suites[@]}"
	cover lib/core
	cover lib/wire
	add $passed $failed 0
}
