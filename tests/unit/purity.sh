#!/bin/sh
# SPDX-License-Identifier: LGPL-3.0-or-later
#
# What a layer may use, proved by the linker.
#
# purity.sh link "COMPILER..." [-lNAME...] ARCHIVE...
#     All of the archives together need nothing but libc, utf8proc and the
#     libraries that are named.
# purity.sh needed LIBRARY
#     The shared library loads nothing but what DESIGN allows a host to get.
set -u

fail()
{
	echo "purity: $*" >&2
	exit 1
}

# Names of the libraries that an ELF file loads.
needed()
{
	LC_ALL=C readelf -d "$1" |
		sed -n 's/.*(NEEDED).*\[\(.*\)\]$/\1/p'
}

# Each line of stdin is one of the patterns.
only()
{
	while read -r name; do
		ok=no
		for pattern in "$@"; do
			# shellcheck disable=SC2254 # a pattern it is
			case $name in
			$pattern) ok=yes ;;
			esac
		done
		[ $ok = yes ] || fail "$name is not allowed (only: $*)"
	done
}

# A shared object of all that is in the files, against what they may use.
link_all()
{
	out=$1
	shift
	# The compiler may be several words (ccache gcc).
	# shellcheck disable=SC2086
	$compiler -shared -nostdlib -Wl,--no-undefined -Wl,--as-needed \
		-o "$out" -Wl,--whole-archive "$@" -Wl,--no-whole-archive \
		$libraries -lutf8proc -lc
}

check_link()
{
	compiler=$1
	libraries=
	allowed=
	shift
	while [ "${1#-l}" != "$1" ]; do
		libraries="$libraries $1"
		allowed="$allowed lib${1#-l}.so.*"
		shift
	done
	dir=$(mktemp -d) || fail "no temporary directory"
	trap 'rm -rf "$dir"' EXIT

	link_all "$dir/layer.so" "$@" || fail "$* use more than that"
	needed "$dir/layer.so" >"$dir/needed"
	# shellcheck disable=SC2086 # several patterns, which match no files
	only 'libc.so.*' 'libutf8proc.so.*' 'ld-linux*' $allowed \
		<"$dir/needed"

	# The control: a layer that does use more must not link.
	echo 'int more(void); int layer(void); int layer(void)' \
		'{ return more(); }' >"$dir/control.c"
	# shellcheck disable=SC2086
	$compiler -fPIC -c -o "$dir/control.o" "$dir/control.c" ||
		fail "the control does not compile"
	if link_all "$dir/control.so" "$@" "$dir/control.o" 2>/dev/null; then
		fail "the linker lets an undefined symbol pass"
	fi
}

check_needed()
{
	names=$(needed "$1") || exit 1
	[ -n "$names" ] || fail "$1 loads nothing: is it a shared library?"
	echo "$names" | only 'libtalloc.so.*' 'libtevent.so.*' \
		'libutf8proc.so.*' 'libc.so.*' 'libpthread.so.*' \
		'libdl.so.*' 'ld-linux*'
}

[ $# -ge 2 ] || fail "usage: purity.sh link COMPILER [-lNAME...] ARCHIVE... | needed LIB"
what=$1
shift
case $what in
link) check_link "$@" ;;
needed) check_needed "$@" ;;
*) fail "unknown check '$what'" ;;
esac
