#!/bin/bash
# SPDX-License-Identifier: LGPL-3.0-or-later
#
# Install what is missing, build, run every test there is:
#
#   sudo tests/run.sh [VARIANT...]
#
# The variants, `plain` if none is named.  Every warning is an error but where
# gcc has a sanitizer.
#   plain          gcc, debug and optimized, all tests
#   clang          clang, debug, all tests without a server
#   release        gcc, as packages are built (-O3, no asserts), the same and
#                  the installed tree
#   clang-release  clang, as packages are built, the same as clang
#   sanitize       gcc with AddressSanitizer, LeakSanitizer and UBSan, all
#                  tests that can run with them
#   threads        gcc with ThreadSanitizer, the tests of many threads; these
#                  under helgrind too
#   valgrind       the unit tests and the conformance suites under memcheck
#   no-dcerpc      without the module that needs samba-dev, the tests of engine,
#                  command and installed tree, and some on a server
#   no-smbclient   without the module that needs libsmbclient, the same
#   no-modules     without either, and without wsman, the same, and those on
#                  this machine's Samba
#   coverage       gcov's figures of lib/core and lib/wire, from the unit tests
#   fuzz           the fuzz targets for a minute, clang's libFuzzer
#   lint           clang-tidy, cppcheck
#   style          clang-format, shellcheck, licence lines
#
# Why so: what a compiler and its options change is the code that the unit and
# engine tests run, all of it; a server has no part in it, and is most of the
# time.  What a module that is left out changes is who talks to the server.
#
# The last line is `N passed, N failed`, and `, N skipped` if any were; the
# exit status is not 0 if any failed.  Each build stays in build-tests-VARIANT.
set -u -o pipefail

source=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd) || exit 1
scratch=
# shellcheck source=tests/setup.sh
. "$source/tests/setup.sh"
# shellcheck source=tests/ci/lint.sh
. "$source/tests/ci/lint.sh"
# shellcheck source=tests/ci/fuzz.sh
. "$source/tests/ci/fuzz.sh"
# shellcheck source=tests/ci/coverage.sh
. "$source/tests/ci/coverage.sh"

fail()
{
	printf 'tests/run.sh: %s\n' "$*" >&2
	exit 1
}

say()
{
	printf '\n== %s\n' "$*"
}

# passed, failed and skipped of one part of a variant
add()
{
	sums=($((sums[0] + $1)) $((sums[1] + $2)) $((sums[2] + $3)))
}

# A figure for the end of a variant.
note()
{
	notes+="; $*"
}

at_end()
{
	local status=$? dir
	loud_samba
	[ -z "$scratch" ] || rm -rf "$scratch"
	for dir in "$source"/build-tests-*; do
		hand_over "$dir"
	done
	exit $status
}

not_built()
{
	echo "---- FAILED: the build"
	add 0 1 0
	return 1
}

# configure NAME OPTION...: these come last and win.
configure()
{
	local name=$1
	shift
	echo "Build $name, in build-tests-$name."
	configure_in "$source" "$source/build-tests-$name" -Dtests=enabled \
		-Ddcerpc=enabled -Dsmbclient=enabled -Dtool=enabled \
		-Ddocs=disabled -Dwerror=true "$@" || not_built
}

# make_targets NAME TARGET...: of a build that is configured; all if none.
make_targets()
{
	local name=$1
	shift
	make_in "$source/build-tests-$name" "$@" || not_built
}

build()
{
	configure "$@" && make_targets "$1"
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

# all_but BUILD SUITE...: all of its tests but those of these suites.
all_but()
{
	local build=$1 suite not=()
	shift
	for suite; do
		not+=(--no-suite "$suite")
	done
	run_tests "$build" testlog "$(list_tests "$build" "${not[@]}")" \
		"${not[@]}" --timeout-multiplier 4
}

# Helgrind's part of suite threads is for the variant of that name.
run_plain()
{
	build plain -Ddocs=enabled || return
	all_but plain threads
}

run_clang()
{
	CC=clang build clang -Dbuildtype=debug || return
	all_but clang live install threads
}

run_release()
{
	build release -Dbuildtype=release || return
	all_but release live threads
}

run_clang-release()
{
	CC=clang build clang-release -Dbuildtype=release || return
	all_but clang-release live install threads
}

# gcc's own advice is not to combine -Werror with the sanitizers, which make
# its flow analysis guess wrong.  A finding in the helper, whose messages go to
# the log, must end it: the operation then fails, and the test.
run_sanitize()
{
	build sanitize -Dwerror=false -Db_sanitize=address,undefined \
		-Db_lundef=false -Doptimization=1 \
		-Dc_args=-fno-sanitize-recover=all || return
	all_but sanitize oom abi bench threads
}

# In the plain build these tests are run under helgrind.
run_threads()
{
	local build
	build plain -Ddocs=enabled || return
	build threads -Dwerror=false -Db_sanitize=thread -Db_lundef=false \
		-Doptimization=1 || return
	for build in plain threads; do
		run_tests "$build" testlog-threads \
			"$(list_tests "$build" --suite threads)" \
			--suite threads --logbase testlog-threads
	done
}

# Suites that the modules have no part in; plain runs them.
apart=(threads unit wire oom fuzz docs)

# all_carried BUILD TEST...: the rest of `live` is what plain does with the same
# module.
all_carried()
{
	local build=$1
	shift
	all_but "$build" live "${apart[@]}"
	run_tests "$build" testlog-carried "$(list_tests "$build" "$@")" \
		--logbase testlog-carried "$@"
}

run_no-dcerpc()
{
	build no-dcerpc -Ddcerpc=disabled || return
	all_carried no-dcerpc conformance-srvsvc-smbclient live-smbclient \
		live-secret-samba-smbclient
}

run_no-smbclient()
{
	build no-smbclient -Dsmbclient=disabled || return
	all_carried no-smbclient conformance-srvsvc-dcerpc
}

run_no-modules()
{
	build no-modules -Ddcerpc=disabled -Dsmbclient=disabled \
		-Dwsman=disabled || return
	all_but no-modules "${apart[@]}"
}

# Our own programs of the unit and the conformance suites; scripts and
# interpreters are not ours to check.
unit_programs()
{
	meson introspect --tests build-tests-plain |
		/usr/bin/python3 -c '
import json, os, sys
for test in json.load(sys.stdin):
    suites = {suite.rpartition(":")[2] for suite in test["suite"]}
    with open(test["cmd"][0], "rb") as program:
        binary = program.read(4) == b"\x7fELF"
    ours = os.path.realpath(test["cmd"][0]).startswith(sys.argv[1])
    wanted = (suites & {"unit", "wire", "fuzz"} or
              test["name"].startswith("conformance-"))
    if ours and binary and wanted:
        print(test["name"])
' "$source/build-tests-plain/"
}

# The conformance suite runs on memory tables here.  The helper cannot run so:
# valgrind 3.19 has no pidfd_open().  `sanitize` checks it and its carriers, and
# its layers are unit tests.
run_valgrind()
{
	local programs memcheck="valgrind -q --error-exitcode=99
		--leak-check=full --show-leak-kinds=definite,indirect
		--errors-for-leak-kinds=definite,indirect"
	build plain -Ddocs=enabled || return
	mapfile -t programs < <(unit_programs)
	CK_FORK=no run_tests plain testlog-valgrind \
		"$(list_tests plain "${programs[@]}")" \
		--timeout-multiplier 20 --wrapper "$memcheck" "${programs[@]}"
}

# run_variant NAME: its line goes into the table at the end, too.
run_variant()
{
	local begin=$SECONDS line
	sums=(0 0 0)
	notes=
	say "$1"
	"run_$1"
	# A variant that came to nothing has failed.
	[ $((sums[0] + sums[1])) -gt 0 ] || sums[1]=1
	printf -v line '%-14s %5d passed, %d failed, %d skipped in %d s%s' \
		"$1" "${sums[@]}" $((SECONDS - begin)) "$notes"
	say "$line"
	table+=("$line")
	all=($((all[0] + sums[0])) $((all[1] + sums[1])) \
		$((all[2] + sums[2])))
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
	plain | release | sanitize | no-dcerpc | no-smbclient | no-modules) ;;
	clang | clang-release | fuzz) needed+=" $packages_clang" ;;
	valgrind | threads) needed+=" $packages_valgrind" ;;
	coverage) needed+=" $packages_coverage" ;;
	lint) needed+=" $packages_lint" ;;
	style) needed+=" $packages_style" ;;
	*) fail "no variant $variant; see the top of this file" ;;
	esac
done
trap at_end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

# More than there are processors: a live test mostly waits for a server.
jobs=$(($(nproc) * 2 + 1))
say "packages"
# shellcheck disable=SC2086 # a list
need_packages $needed || fail "no packages, no tests"
echo "All there."
table=() all=(0 0 0)
for variant; do
	run_variant "$variant"
done
say "all"
printf '%s\n' "${table[@]}"
printf '\n%s passed, %s failed' "${all[0]}" "${all[1]}"
[ "${all[2]}" -eq 0 ] || printf ', %s skipped' "${all[2]}"
printf '\n'
[ "${all[1]}" -eq 0 ]
