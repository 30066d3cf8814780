#!/bin/bash
# SPDX-License-Identifier: LGPL-3.0-or-later
#
# libsmbmgmt in a minute, on a fresh Debian 12:
#
#   sudo examples/quickstart.sh [BUILD-DIR]
#
# Installs the packages that are missing, builds, starts a Samba server of its
# own on loopback with two clients, lists the sessions, over the network and on
# the server itself, closes one of them and shows that the other client never
# noticed.  Nothing of it is left but the
# build directory, build-quickstart unless another is named.
set -u -o pipefail

source=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd) || exit 1
build=$source/build-quickstart
[ $# -eq 0 ] || build=$(realpath -m -- "$1") || exit 1
tool=$build/tools/smbmgmt
lab=
# shellcheck source=tests/setup.sh
. "$source/tests/setup.sh"

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
	printf '\n$ %s\n' "$*" >&3
	"$@"
}

stop_lab()
{
	local place=$lab
	trap '' INT TERM HUP
	lab=
	[ -z "$place" ] || tests/lab/samba.sh down "$place" --purge
}

at_end()
{
	local status=$?
	loud_samba
	stop_lab || status=1
	hand_over "$build"
	exit $status
}

# What a background client says about its old handles: alive or ended.
expect()
{
	local answer
	answer=$(lab_does ask "$lab" "$1") || fail "client $1 is gone"
	echo "$answer"
	[ "$answer" = "$1 $2" ] || fail "expected: $1 $2"
}

lab_does()
{
	run tests/lab/samba.sh "$@"
}

smbmgmt()
{
	run "$tool" -S "127.0.0.1:$LAB_PORT" \
		-A "$LAB_AUTH/admin" "$@"
}

here()
{
	run "$tool" -s "$LAB_CONF" --samba-path "$LAB_TOOLS" "$@"
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
# One that is there keeps its options: it may be of more than this.
if [ -f "$build/build.ninja" ]; then
	make_in "$build"
else
	build_in "$source" "$build" -Dtests=disabled -Ddcerpc=enabled \
		-Dtool=enabled
fi ||
	fail "it does not build"
echo "Built: $tool"

say "A Samba server of our own on 127.0.0.1, and two users' clients"
lab=$(mktemp -d /tmp/smbmgmt-quickstart.XXXXXX) || fail "no directory in /tmp"
lab_does up "$lab" >/dev/null || fail "the lab does not start"
# shellcheck disable=SC1091 # made by the lab
. "$lab/env"
lab_does client "$lab" alice --address 127.0.0.5 --files 2 ||
	fail "alice cannot log on"
lab_does client "$lab" bob --address 127.0.0.6 || fail "bob cannot log on"
echo "alice holds two files open from 127.0.0.5, bob one from 127.0.0.6."

say "Who is on the server? (admin's session is our own.)"
smbmgmt list || fail "list failed"

say "And on the server itself, without a name or a password? With open files."
# The lab's users are not this machine's: its tools know their names.
here list --opens || fail "list of this machine failed"

say "What would closing alice's session do? (Over the network nobody says what
   is open; on the server itself the same question shows it.)"
here close --client-user alice --what-if || fail "what-if failed"
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
