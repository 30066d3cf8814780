#!/bin/bash
# SPDX-License-Identifier: LGPL-3.0-or-later
#
# libsmbmgmt in a minute, on a fresh Debian 12:
#
#   sudo examples/quickstart.sh [BUILD-DIR]
#
# Installs the packages that are missing, builds, starts a Samba server of its
# own on loopback with two clients, lists the sessions, closes one of them and
# shows that the other client never noticed.  Nothing of it is left but the
# build directory, build-quickstart unless another is named.
set -u -o pipefail

source=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd) || exit 1
build=$source/build-quickstart
[ $# -eq 0 ] || build=$(realpath -m -- "$1") || exit 1
lab_script=$source/tests/lab/samba.sh
lab=
# shellcheck source=tests/packages.sh
. "$source/tests/packages.sh"

say()
{
	printf '\n== %s\n' "$*"
}

fail()
{
	printf 'quickstart: %s\n' "$*" >&2
	exit 1
}

# Show a command as one would type it, then run it.
run()
{
	printf '\n$'
	printf ' %q' "$@"
	printf '\n'
	"$@"
}

stop_lab()
{
	local place=$lab
	trap '' INT TERM HUP
	lab=
	[ -z "$place" ] || "$lab_script" down "$place" --purge
}

# sudo makes root's files in somebody's checkout: let them have these.
hand_over()
{
	if [ -n "${SUDO_UID-}" ] && [ -d "$build" ]; then
		chown -R "$SUDO_UID:${SUDO_GID-}" "$build"
	fi
}

at_end()
{
	local status=$?
	stop_lab || status=1
	hand_over
	exit $status
}

build_all()
{
	local log
	log=$(mktemp) || fail "no temporary file"
	if [ ! -f "$build/build.ninja" ]; then
		rm -rf "$build/meson-private" "$build/meson-info"
		meson setup -Dtests=disabled -Ddcerpc=enabled -Dtool=enabled \
			"$build" "$source" >"$log" 2>&1
	fi && ninja -C "$build" >"$log" 2>&1
	if [ $? -ne 0 ]; then
		cat "$log" >&2
		rm -f "$log"
		fail "it does not build"
	fi
	rm -f "$log"
}

# What a background client says about its old handles: alive or ended.
expect()
{
	local answer
	answer=$(run_quiet ask "$lab" "$1") || fail "client $1 is gone"
	echo "$answer"
	[ "$answer" = "$1 $2" ] || fail "expected: $1 $2"
}

run_quiet()
{
	printf '\n$ tests/lab/samba.sh' >&3
	printf ' %q' "$@" >&3
	printf '\n' >&3
	"$lab_script" "$@"
}

smbmgmt()
{
	run "$build/tools/smbmgmt" -S "127.0.0.1:$LAB_PORT" \
		-A "$LAB_AUTH/admin" "$@"
}

exec 3>&1
cd "$source" || exit 1
[ "$(id -u)" -eq 0 ] || fail "the lab's Samba needs root: run with sudo"
trap at_end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

say "Packages"
# shellcheck disable=SC2086 # lists
need_packages $packages_build $packages_lab || exit 1
echo "All there."

say "Build, in $build"
build_all
echo "Built: $build/tools/smbmgmt"

say "A Samba server of our own on 127.0.0.1, and two users' clients"
lab=$(mktemp -d /tmp/smbmgmt-quickstart.XXXXXX) || fail "no directory in /tmp"
run_quiet up "$lab" >/dev/null || fail "the lab does not start"
# shellcheck disable=SC1091 # made by the lab
. "$lab/env"
run_quiet client "$lab" alice --address 127.0.0.5 --files 2 ||
	fail "alice cannot log on"
run_quiet client "$lab" bob --address 127.0.0.6 || fail "bob cannot log on"
echo "alice holds two files open from 127.0.0.5, bob one from 127.0.0.6."

say "Who is on the server? (The third session is our own.)"
smbmgmt list || fail "list failed"

say "What would closing alice's session do?"
smbmgmt close --client-user alice --what-if || fail "what-if failed"
expect alice alive

say "Close it"
smbmgmt close --client-user alice --force --pass-thru || fail "close failed"

say "Who is left?"
left=$(smbmgmt list 2>&1) || fail "list failed: $left"
echo "$left"
case $left in
*alice*) fail "alice's session is still there" ;;
esac

say "Do the clients' open files still read?"
expect alice ended
expect bob alive

say "Stop the server"
stop_lab || fail "the lab did not stop cleanly"
echo "Done: alice's session was closed, bob's was not touched."
