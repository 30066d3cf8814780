# SPDX-License-Identifier: LGPL-3.0-or-later
# shellcheck shell=bash
#
# The libFuzzer programs, for a minute, each from its corpus: a smoke test,
# which also shows that they build and that the corpus is worth something.
# The corpus itself is replayed by every other variant.

fuzz_seconds=60

# NAME CORPUS of each target: whatever replays a corpus is one.
fuzz_targets()
{
	meson introspect --tests build-tests-fuzz |
		/usr/bin/python3 -c '
import json, sys
for test in json.load(sys.stdin):
    kind, _, name = test["name"].partition("-")
    if kind == "replay":
        print(name, test["cmd"][1])
'
}

# fuzz_one NAME CORPUS FOLDER: what is found and learnt goes to FOLDER.
fuzz_one()
{
	local name=$1 corpus=$2 folder=$3
	mkdir -p "$folder/corpus"
	"build-tests-fuzz/tests/fuzz/$name" \
		-max_total_time=$fuzz_seconds -timeout=10 -rss_limit_mb=1024 \
		-print_final_stats=1 -artifact_prefix="$folder/found-" \
		"$folder/corpus" "$corpus" >"$folder/log" 2>&1 </dev/null
	echo $? >"$folder/status"
}

# The input that a target failed on, to be tried again elsewhere.
show_finding()
{
	local name=$1 folder=$2 input
	printf -- '\n---- FAILED: %s (exit status %s)\n' "$name" \
		"$(cat "$folder/status")"
	grep -vE '^#[0-9]|NEW_FUNC|^stat::' "$folder/log" | tail -n 60
	for input in "$folder"/found-*; do
		[ -e "$input" ] || continue
		printf -- '-- the input, %s bytes; xxd -r -p makes it again\n' \
			"$(stat -c %s "$input")"
		od -An -v -tx1 "$input"
	done
}

# All targets at once, so that a minute is a minute however many there are.
run_fuzz()
{
	local names targets name corpus folder count total=0 begin
	local passed=0 failed=0
	CC=clang configure fuzz -Ddcerpc=disabled -Dsmbclient=disabled \
		-Dtool=disabled -Db_lundef=false \
		-Db_sanitize=address,undefined -Doptimization=1 \
		-Dc_args="-fsanitize=fuzzer-no-link -fno-sanitize-recover=all" \
		|| return
	mapfile -t names < <(fuzz_targets)
	targets=("${names[@]%% *}")
	make_targets fuzz "${targets[@]/#/tests/fuzz/}" || return
	scratch=$(mktemp -d) || return
	begin=$SECONDS
	for name in "${names[@]}"; do
		corpus=${name#* } name=${name%% *}
		fuzz_one "$name" "$corpus" "$scratch/$name" &
	done
	wait
	for name in "${targets[@]}"; do
		folder=$scratch/$name
		count=$(awk '/^stat::number_of_executed_units:/ { print $2 }' \
			"$folder/log")
		total=$((total + ${count:-0}))
		if [ "$(cat "$folder/status")" = 0 ] && [ "${count:-0}" -gt 0 ]
		then
			echo "ok: $name, ${count} executions"
			passed=$((passed + 1))
		else
			show_finding "$name" "$folder"
			failed=$((failed + 1))
		fi
	done
	rm -rf "$scratch"
	scratch=
	note "$total executions in $((SECONDS - begin)) s"
	add $passed $failed 0
}
