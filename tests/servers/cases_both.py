# SPDX-License-Identifier: LGPL-3.0-or-later
"""Cases that are the same on both labs."""

from results import case, closed, password, two_clients


def wrong_password(lab):
    return password(lab, "admin", "wrong")


def close_own(lab):
    return closed(lab, "--client-user", "admin", clients=two_clients(lab))


def close_nobody(lab):
    return closed(lab, "--client-user", "carol", clients=two_clients(lab))


for LAB in ("samba", "windows"):
    case(LAB, "a wrong password")(wrong_password)
    case(LAB, "close our own session")(close_own)
    case(LAB, "close a user who is not there")(close_nobody)
