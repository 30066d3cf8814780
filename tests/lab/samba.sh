#!/bin/sh
# SPDX-License-Identifier: LGPL-3.0-or-later
#
# Lab 1: a private Samba on loopback, everything below one directory.
#
#   samba.sh up DIR [--port N] [--set 'K = V']... [--set-share 'K = V']...
#   samba.sh down DIR [--purge]       end what `up` and `client` started
#   samba.sh status DIR               smbstatus --json of this lab
#   samba.sh client DIR USER...       SMB clients in the background, which
#       [--name N] [--address A]      hold files open until `down`; several
#       [--files N] [--sessions N]    users share one connection
#       [--dialect 2.1] [--encrypt] [--reconnect]
#   samba.sh ask DIR NAME [COMMAND]   what a background client says: state,
#                                     read, close, reconnects
#   samba.sh exec DIR COMMAND...      run a Samba tool as the lab's smbd runs
#                                     (smbcontrol, net, pdbedit: add -s CONF)
#
# DIR/env holds shell assignments: LAB_HOST, LAB_PORT, LAB_CONF, LAB_PID,
# LAB_SHARE, LAB_PASSWORDS (user:password lines, mode 600), LAB_AUTH, a
# directory with one file per user in the format of smbclient -A,
# LAB_CLIENT_CONF, an smb.conf for rpcclient and its like, and LAB_TOOLS, a
# folder of smbstatus and smbcontrol that know the lab's users.
#
# Users: alice, bob, carol, nobodyrights (no right to list), lister (may
# list, not close), admin and root (both), disabled, locked; and names with @,
# a blank, other alphabets, 150 letters.
#
# Needs root and the Debian packages samba, smbclient, libnss-wrapper and
# python3-impacket. The machine's own accounts and Samba databases are never
# touched; only the logs of samba-dcerpcd and its workers go to /var/log/samba,
# whatever smb.conf says.
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || exit 1
exec env PYTHONPATH="$here" /usr/bin/python3 -B -m smblab "$@"
