#!/bin/bash
# SPDX-License-Identifier: LGPL-3.0-or-later
#
# Install what is missing, build, run every test there is:
#
#   sudo tests/run.sh [VARIANT...]
#
# The variants, `plain` if none is named:
#   plain     gcc, every warning an error, all tests
#   sanitize  gcc with AddressSanitizer, LeakSanitizer and UBSan, all tests
#             that can run with them
#   valgrind  the unit tests' programs of the plain build under memcheck
#   style     clang-format, shellcheck, licence lines
#
# The last line is `N passed, N failed`, and `, N skipped` if any were; the
# exit status is not 0 if any failed.  Each build stays in build-tests-VARIANT.
set -u -o pipefail

source=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd) || exit 1
sums=
# shellcheck source=tests/setup.sh
. "$source/tests/setup.sh"

fail()
{
	printf 'tests/run.sh: %s\n' "$*" >&2
	exit 1
}

say()
{
	printf '\n== %s\n' "$*"
}

# passed, failed and skipped of one part of the run
add()
{
	sums+="$* "
	say "$1 passed, $2 failed, $3 skipped"
}

at_end()
{
	local status=$?
	loud_samba
	hand_over "$source/build-tests-plain"
	hand_over "$source/build-tests-sanitize"
	exit $status
}

build()
{
	local name=$1
	shift
	say "build $name, in build-tests-$name"
	if ! build_in "$source" "$source/build-tests-$name" -Dtests=enabled \
		-Ddcerpc=enabled -Dtool=enabled "$@"; then
		echo "---- FAILED: the build"
		add 0 1 0
		return 1
	fi
	echo "Built."
}

# run_tests BUILD LOG WANTED OPTION...: `meson test` with these options; WANTED
# names the tests that must have run, one a line, and LOG is what meson calls
# its log.
run_tests()
{
	local dir=$source/build-tests-$1 log wanted counts
	log=$dir/meson-logs/$2.json
	mapfile -t wanted <<<"$3"
	shift 3
	rm -f "$log"
	meson test -C "$dir" --no-rebuild --num-processes "$jobs" "$@" \
		</dev/null
	counts=$(/usr/bin/python3 -B tests/count.py "$log" "${wanted[@]}" \
		2>&3)
	# shellcheck disable=SC2086 # three numbers
	add ${counts:-0 1 0}
}

list_tests()
{
	local dir=$source/build-tests-$1
	shift
	meson test -C "$dir" --no-rebuild --list "$@" 2>/dev/null </dev/null
}

run_plain()
{
	build plain -Dwerror=true || return
	run_tests plain testlog "$(list_tests plain)" \
		--timeout-multiplier 2
}

# gcc's own advice is not to combine -Werror with the sanitizers, which make
# its flow analysis guess wrong.  A finding in the helper, whose messages go to
# the log, must end it: the operation then fails, and the test.
run_sanitize()
{
	local not=(--no-suite oom --no-suite abi --no-suite bench)
	build sanitize -Db_sanitize=address,undefined -Db_lundef=false \
		-Doptimization=1 -Dc_args=-fno-sanitize-recover=all || return
	run_tests sanitize testlog "$(list_tests sanitize "${not[@]}")" \
		"${not[@]}" --timeout-multiplier 4
}

# Our own programs of the unit suites; scripts and interpreters are not ours
# to check.
unit_programs()
{
	meson introspect --tests "$source/build-tests-plain" |
		/usr/bin/python3 -c '
import json, os, sys
for test in json.load(sys.stdin):
    suites = {suite.rpartition(":")[2] for suite in test["suite"]}
    with open(test["cmd"][0], "rb") as program:
        binary = program.read(4) == b"\x7fELF"
    ours = os.path.realpath(test["cmd"][0]).startswith(sys.argv[1])
    if ours and binary and suites & {"unit", "wire", "fuzz"}:
        print(test["name"])
' "$source/build-tests-plain/"
}

run_valgrind()
{
	local programs memcheck="valgrind -q --error-exitcode=99
		--leak-check=full --errors-for-leak-kinds=definite,indirect"
	build plain -Dwerror=true || return
	mapfile -t programs < <(unit_programs)
	CK_FORK=no run_tests plain testlog-valgrind \
		"$(list_tests plain "${programs[@]}")" \
		--timeout-multiplier 20 --wrapper "$memcheck" "${programs[@]}"
}

# Files of this tree that end in one of these.
files_like()
{
	local names=() pattern
	for pattern; do
		names+=(-o -name "$pattern")
	done
	find . -name 'build*' -prune -o -name .git -prune -o -type f \
		\( "${names[@]:1}" \) -print0
}

# check NAME COMMAND...: one case; the files come on standard input.
check()
{
	local name=$1 log
	shift
	if log=$(xargs -0 "$@" 2>&1); then
		echo "ok: $name"
		passed=$((passed + 1))
	else
		printf -- '\n---- FAILED: %s\n%s\n' "$name" "$(head -60 <<<"$log")"
		failed=$((failed + 1))
	fi
}

run_style()
{
	local passed=0 failed=0
	say "style"
	# shellcheck disable=SC2016 # for the inner shell
	check "clang-format" sh -c 'for file; do
			clang-format "$file" | cmp -s - "$file" ||
				{ echo "$file"; bad=1; }
		done; exit "${bad-0}"' sh \
		< <(files_like '*.c' '*.h')
	check "shellcheck" shellcheck -x \
		< <(files_like '*.sh' run)
	check "licence lines" awk '
		/SPDX-License-Identifier: L?GPL-3.0-or-later/ { found = 1 }
		FNR == 1 { found = /SPDX/ }
		FNR == 2 && !found { print FILENAME; bad = 1 }
		END { exit bad }' \
		< <(files_like '*.c' '*.h' '*.sh' '*.py' run meson.build)
	add $passed $failed 0
}

# The closing line, from what add() has gathered.
total()
{
	local passed=0 failed=0 skipped=0 numbers
	read -ra numbers <<<"$sums"
	set -- "${numbers[@]}"
	while [ $# -ge 3 ]; do
		passed=$((passed + $1))
		failed=$((failed + $2))
		skipped=$((skipped + $3))
		shift 3
	done
	[ $((passed + failed)) -gt 0 ] || failed=1
	printf '\n%s passed, %s failed' $passed $failed
	[ $skipped -eq 0 ] || printf ', %s skipped' $skipped
	printf '\n'
	[ $failed -eq 0 ]
}

exec 3>&1
export PYTHONDONTWRITEBYTECODE=1
cd "$source" || exit 1
[ "$(id -u)" -eq 0 ] || fail "the labs need root: run with sudo
(the unit tests do not: meson setup build && meson test -C build)"
[ $# -gt 0 ] || set -- plain
needed="$packages_build $packages_lab $packages_test"
for variant; do
	case $variant in
	plain | sanitize) ;;
	valgrind) needed+=" $packages_valgrind" ;;
	style) needed+=" $packages_style" ;;
	*) fail "no variant $variant; see the top of this file" ;;
	esac
done
trap at_end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

# One more than there are processors: a live test mostly waits for a server.
jobs=$(($(nproc) + 1))
say "packages"
# shellcheck disable=SC2086 # a list
need_packages $needed || fail "no packages, no tests"
echo "All there."
for variant; do
	"run_$variant"
done
total
