# SPDX-License-Identifier: LGPL-3.0-or-later
# shellcheck shell=bash
#
# The Debian packages that building, the lab and the tests need, and how they
# get there.  Sourced by examples/quickstart.sh and tests/run.sh.
# shellcheck disable=SC2034 # used by those

packages_build="gcc libc6-dev meson ninja-build pkg-config libtalloc-dev
	libtevent-dev libutf8proc-dev nettle-dev samba-dev libpopt-dev
	libjansson-dev"
packages_lab="samba libnss-wrapper python3-impacket procps"
packages_test="check binutils smbclient samba-testsuite python3-jsonschema"

# Say which of the packages named are not installed.
missing_packages()
{
	local package
	for package; do
		case $(dpkg-query -W -f '${db:Status-Status}' "$package" \
			2>/dev/null) in
		installed) ;;
		*) echo "$package" ;;
		esac
	done
}

# Installing samba starts a file server on this machine, which nobody asked
# for here: the labs run their own.  While we install, smbd and its like are
# not started; whatever runs already is left alone.
quiet_samba()
{
	policy=/usr/sbin/policy-rc.d
	if [ -e $policy ] || [ -L $policy ]; then
		policy=
		return
	fi
	cat >$policy <<-'POLICY'
		#!/bin/sh
		case $1 in
		smbd*|nmbd*|winbind*|samba-ad-dc*) exit 101 ;;
		esac
		exit 0
	POLICY
	chmod 755 $policy
}

loud_samba()
{
	[ -z "$policy" ] || rm -f "$policy"
	policy=
}

apt_install()
{
	DEBIAN_FRONTEND=noninteractive apt-get install -y -q \
		--no-install-recommends "$@" </dev/null
}

# Install what is missing of the packages named; without any, apt is not
# called.  Lists that are absent or old are one reason for a first failure, a
# mirror that hiccups is another.
need_packages()
{
	local missing had_samba=yes done=1 policy
	mapfile -t missing < <(missing_packages "$@")
	[ ${#missing[@]} -gt 0 ] || return 0
	echo "Packages to install: ${missing[*]}"
	if [ "$(id -u)" -ne 0 ]; then
		echo "Installing packages needs root: run this with sudo." >&2
		return 1
	fi
	[ -e /usr/sbin/smbd ] || had_samba=
	quiet_samba
	apt_install "${missing[@]}" && done=0
	for try in 1 2; do
		[ $done -ne 0 ] || break
		echo "Asking the mirrors what there is (try $try)."
		apt-get update -q </dev/null || sleep 5
		apt_install "${missing[@]}" && done=0
	done
	loud_samba
	if [ $done -ne 0 ]; then
		echo "Not all packages could be installed." >&2
		return 1
	fi
	if [ -z "$had_samba" ] && [ -e /usr/sbin/smbd ] &&
		[ -d /run/systemd/system ]; then
		echo "The package samba is new here. Its own smbd and nmbd" \
			"were not started; to keep them from starting at the" \
			"next boot: systemctl disable smbd nmbd"
	fi
}
