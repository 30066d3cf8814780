#!/usr/bin/python3 -B
# SPDX-License-Identifier: LGPL-3.0-or-later
"""Many windows-shaped servers on loopback, in one process.

    winfleet.py DIR FIRST COUNT

makes COUNT servers, each with a state of its own: number N listens on the
loopback address smblab.fleet gives to FIRST + N.  DIR is laid out as for
windows.py; its users and settings are those of all.  The first line of output
is {"ok": true, "ports": [...]}; then it answers requests, one JSON line each
(see smblab/line.py), and ends with its stdin:

    at N {request}      a request to one server: see winlab/server.py
    all {request}       the same to each, the answers as a list
    held [reset]        how many calls wait for a scripted delay now, and the
                        most that ever did, all servers together
"""

import argparse
import asyncio
import logging
import os

from smblab import asyncline, winlayout
from smblab.addresses import address
from winlab.server import Held, Server


class Servers:
    def __init__(self, config):
        self.config = config
        self.held = Held()
        self.servers, self.controls = [], []

    async def add(self, host):
        """One more; gives its port."""
        server = Server()
        server.held = self.held
        server.do_set(**self.config["settings"])
        for user in self.config["users"]:
            server.add_user(**user)
        self.servers.append(server)
        self.controls.append(server.control())
        return await server.listen(0, [host])

    @staticmethod
    def answer(control, request):
        request = dict(request)
        return control[request.pop("cmd")](**request) or {}

    def do_at(self, server, request):
        return {"answer": self.answer(self.controls[server], request)}

    def do_all(self, request):
        return {"answers": [self.answer(control, request)
                            for control in self.controls]}

    def do_held(self, reset=False):
        now, most = self.held.now, self.held.most
        if reset:
            self.held.most = now
        return {"now": now, "most": most}

    def cut(self):
        for server in self.servers:
            server.do_cut()


async def serve(args):
    servers = Servers(winlayout.read_config(args.dir))
    ports = [await servers.add(address(args.first + number))
             for number in range(args.count)]
    asyncline.say(ports=ports)
    await asyncline.serve({"at": servers.do_at, "all": servers.do_all,
                           "held": servers.do_held})
    servers.cut()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("dir", type=os.path.realpath)
    parser.add_argument("first", type=int)
    parser.add_argument("count", type=int)
    args = parser.parse_args()
    logging.basicConfig(filename=winlayout.log_path(args.dir),
                        format="%(asctime)s %(message)s", level=logging.INFO)
    asyncio.run(serve(args))


if __name__ == "__main__":
    main()
