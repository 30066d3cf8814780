# SPDX-License-Identifier: LGPL-3.0-or-later
# shellcheck shell=bash
#
# What examples/quickstart.sh and tests/run.sh begin with: the Debian packages
# that building, the lab and the tests need, how they get there, and a build.
# shellcheck disable=SC2034 # the lists are for those who source this

# dpkg-dev is what meson asks for the library folder.
packages_build="gcc libc6-dev meson ninja-build pkg-config dpkg-dev
	libtalloc-dev libtevent-dev libutf8proc-dev nettle-dev samba-dev
	libsmbclient-dev libcurl4-gnutls-dev libxml2-dev libkrb5-dev
	libgnutls28-dev libpopt-dev libjansson-dev"
packages_lab="samba ctdb libnss-wrapper python3-impacket python3-gssapi
	gss-ntlmssp openssl"
packages_test="check g++ binutils smbclient samba-testsuite python3-jsonschema
	krb5-kdc krb5-user krb5-admin-server iproute2 locales tmux
	doxygen mandoc groff-base libuv1-dev libglib2.0-dev curl python3-winrm
	python3-requests-ntlm python3-ntlm-auth python3-cryptography"
packages_valgrind="valgrind"
# The sanitizers and libFuzzer of clang are a package of their own.
packages_clang="clang libclang-rt-14-dev"
packages_coverage="gcovr"
packages_lint="clang-tidy cppcheck"
packages_style="clang-format shellcheck"

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

# Installing samba starts a file server on this machine, and krb5-kdc a KDC,
# which nobody asked for here: the labs run their own.  While we install, these
# and their like are not started; what runs already is left alone.
policy_made=
quiet_samba()
{
	local policy=/usr/sbin/policy-rc.d
	if [ -e "$policy" ] || [ -L "$policy" ]; then
		return
	fi
	policy_made=$policy
	cat >"$policy" <<-'POLICY'
		#!/bin/sh
		case $1 in
		smbd*|nmbd*|winbind*|samba-ad-dc*) exit 101 ;;
		krb5-*|ctdb*) exit 101 ;;
		esac
		exit 0
	POLICY
	chmod 755 "$policy"
}

# Also for the traps of those who source this.
loud_samba()
{
	[ -z "$policy_made" ] || rm -f "$policy_made"
	policy_made=
}

apt_install()
{
	DEBIAN_FRONTEND=noninteractive apt-get install -y -q \
		-o DPkg::Lock::Timeout=300 --no-install-recommends "$@" \
		</dev/null
}

# A first failure is mostly due to lists that are absent or old, another one
# to a mirror that hiccups.
install_or_update()
{
	local try
	apt_install "$@" && return
	for try in 1 2; do
		echo "Asking the mirrors what there is, try $try."
		apt-get update -q </dev/null || sleep 5
		apt_install "$@" && return
	done
	return 1
}

# The services of these packages that are installed.
our_services()
{
	local name
	for name in smbd nmbd ctdb krb5-kdc krb5-admin-server; do
		[ ! -e "/etc/init.d/$name" ] || echo "$name"
	done
}

# Install what is missing of the packages named; apt is not called if nothing
# is.
need_packages()
{
	local missing before new done=0
	if [ ! -e /proc/self/fd ]; then
		echo "/proc is not mounted; the labs need it." >&2
		return 1
	fi
	mapfile -t missing < <(missing_packages "$@")
	[ ${#missing[@]} -gt 0 ] || return 0
	echo "Packages to install: ${missing[*]}"
	if ! command -v apt-get >/dev/null; then
		echo "There is no apt-get here: this is for Debian 12." >&2
		return 1
	fi
	if [ "$(id -u)" -ne 0 ]; then
		echo "Installing packages needs root: run this with sudo." >&2
		return 1
	fi
	before=$(our_services)
	quiet_samba
	install_or_update "${missing[@]}" || done=1
	loud_samba
	new=$(comm -13 <(sort <<<"$before") <(our_services | sort) | xargs)
	if [ $done -ne 0 ]; then
		echo "Not all packages could be installed." >&2
	elif [ -n "$new" ] && [ -d /run/systemd/system ]; then
		echo "New here are the services $new. They were not started;" \
			"to keep them from starting at the next boot:" \
			"systemctl disable $new"
	fi
	return $done
}

# Run a command without a word, unless it fails.
quietly()
{
	local log done=0
	log=$(mktemp) || return 1
	"$@" >"$log" 2>&1 </dev/null || done=1
	[ $done -eq 0 ] || tail -n 60 "$log" >&2
	rm -f "$log"
	return $done
}

# configure_in SOURCE DIR OPTION...: with other options than before, again.
configure_in()
{
	local source=$1 dir=$2 options again=()
	shift 2
	options="${CC-} $*"
	if [ -f "$dir/build.ninja" ]; then
		[ "$options" != "$(cat "$dir/options" 2>/dev/null)" ] ||
			return 0
		again=(--reconfigure)
	else
		# What an interrupted setup has left would stop the next one.
		rm -rf "$dir/meson-private" "$dir/meson-info"
	fi
	quietly meson setup "${again[@]}" "$@" "$dir" "$source" || return
	echo "$options" >"$dir/options"
}

# make_in DIR TARGET...: all if none is named.
make_in()
{
	local dir=$1
	shift
	quietly ninja -C "$dir" "$@"
}

# build_in SOURCE DIR OPTION...: both.
build_in()
{
	configure_in "$@" && make_in "$2"
}

# sudo makes root's files in somebody's checkout: let them have these.
hand_over()
{
	if [ -n "${SUDO_UID-}" ] && [ -d "$1" ]; then
		chown -R "$SUDO_UID:${SUDO_GID-}" "$1"
	fi
}
