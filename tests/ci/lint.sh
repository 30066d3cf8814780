# SPDX-License-Identifier: LGPL-3.0-or-later
# shellcheck shell=bash
#
# The variants that read the sources and run nothing of them.

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
		printf -- '\n---- FAILED: %s\n%s\n' "$name" "$(head -120 <<<"$log")"
		failed=$((failed + 1))
	fi
}

run_style()
{
	local passed=0 failed=0
	# shellcheck disable=SC2016 # for the inner shell
	check "clang-format" sh -c 'for file; do
			clang-format "$file" | cmp -s - "$file" ||
				{ echo "$file"; bad=1; }
		done; exit "${bad-0}"' sh \
		< <(files_like '*.c' '*.h')
	check "shellcheck" shellcheck -x \
		< <(files_like '*.sh' run smbmgmt)
	check "licence lines" awk '
		/SPDX-License-Identifier: L?GPL-3.0-or-later/ { found = 1 }
		FNR == 1 { found = /SPDX/ }
		FNR == 2 && !found { print FILENAME; bad = 1 }
		END { exit bad }' \
		< <(files_like '*.c' '*.h' '*.sh' '*.py' run smbmgmt \
			meson.build)
	add $passed $failed 0
}

# clang-tidy takes a file with the arguments that meson has for it, and one
# with none as its neighbours, so nothing has to be built.  What it finds is in
# .clang-tidy and tests/.clang-tidy; what cppcheck is wrong about, in
# tests/cppcheck.txt.
run_lint()
{
	local passed=0 failed=0 dir=build-tests-lint
	# clang would not know every warning that gcc has.
	configure lint -Dwerror=false || return
	# shellcheck disable=SC2016 # for the inner shell
	check "clang-tidy" -P "$(nproc)" -n 1 sh -c '
		log=$(clang-tidy --quiet -p "$1" "$2" 2>/dev/null) ||
			{ echo "$log"; exit 1; }' sh "$dir" \
		< <(files_like '*.c')
	check "cppcheck" cppcheck -j "$(nproc)" --quiet --error-exitcode=1 \
		--enable=warning,performance,portability --inline-suppr \
		--suppressions-list=tests/cppcheck.txt --std=c11 \
		--library=gnu --library=posix -D_GNU_SOURCE \
		-I include -I lib -I tests \
		< <(files_like '*.c')
	add $passed $failed 0
}
