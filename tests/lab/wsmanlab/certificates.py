# SPDX-License-Identifier: LGPL-3.0-or-later
"""A certificate authority and what it signed, good and bad, by openssl.

Below the directory: ca.pem; NAME.pem and NAME.key for each of NAMES, all
with elliptic curve keys.  otherca.pem is an authority that signed nothing.
"""

import os
import subprocess

from cryptography import x509
from cryptography.hazmat.primitives import hashes

TOOL_SECONDS = 30
OTHER_HOST = "elsewhere.smblab.test"
NOW_VALID = ("20200101000000Z", "20491231235959Z")
# name: (subject, digest, validity, extensions)
NAMES = {
    "good": ("{host}", "sha256", NOW_VALID, "server"),
    "expired": ("{host}", "sha256", ("20200101000000Z", "20200201000000Z"),
                "server"),
    "othername": (OTHER_HOST, "sha256", NOW_VALID, "other"),
    "sha384": ("{host}", "sha384", NOW_VALID, "server"),
    "selfsigned": ("{host}", "sha256", NOW_VALID, "server"),
    "client": ("{user}", "sha256", NOW_VALID, "client"),
    "client_expired": ("{user}", "sha256",
                       ("20200101000000Z", "20200201000000Z"), "client"),
    # For a client's use by its name, but by nobody's authority.
    "client_selfsigned": ("{user}", "sha256", NOW_VALID, "client"),
}

CONF = """\
[req]
distinguished_name = dn
prompt = no
[dn]
[ca]
default_ca = lab
[lab]
new_certs_dir = {dir}
database = {dir}/index
serial = {dir}/serial
unique_subject = no
policy = any
[any]
commonName = supplied
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = IP:127.0.0.1,IP:::1,DNS:localhost,DNS:{host}
[other]
basicConstraints = CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:{other}
[client]
basicConstraints = CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = clientAuth
"""


class Certificates:
    """All of them, made at once."""

    def __init__(self, directory, host, user):
        os.makedirs(directory, mode=0o700, exist_ok=True)
        self.directory = directory
        self.conf = self.path("openssl.cnf")
        self._write("openssl.cnf", CONF.format(dir=directory, host=host,
                                               other=OTHER_HOST))
        self._write("index", "")
        self._write("serial", "1000\n")
        for name in ("ca", "otherca"):
            self._request(name, f"Laboratory {name}", "-x509", "-days",
                          "9000", "-extensions", "authority",
                          out=self.path(f"{name}.pem"))
        for name, (subject, digest, validity, kind) in NAMES.items():
            subject = subject.format(host=host, user=user)
            request = self.path(f"{name}.csr")
            self._request(name, subject, "-new", out=request)
            signer = ["-selfsign", "-keyfile", self.path(f"{name}.key")] \
                if name.endswith("selfsigned") else [
                    "-cert", self.ca, "-keyfile", self.path("ca.key")]
            self._openssl("ca", "-config", self.conf, "-batch", "-notext",
                          "-md", digest, "-startdate", validity[0],
                          "-enddate", validity[1], "-extensions", kind,
                          *signer, "-in", request, "-out",
                          self.path(f"{name}.pem"))

    @property
    def ca(self):
        return self.path("ca.pem")

    def path(self, name):
        return os.path.join(self.directory, name)

    def pair(self, name):
        """The files of a certificate and its key."""
        return self.path(f"{name}.pem"), self.path(f"{name}.key")

    def _write(self, name, text):
        with open(self.path(name), "w", encoding="ascii") as stream:
            stream.write(text)

    def _request(self, name, subject, *arguments, out):
        self._openssl("req", "-config", self.conf, "-newkey", "ec",
                      "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                      "-keyout", self.path(f"{name}.key"), "-subj",
                      f"/CN={subject}", *arguments, "-out", out)

    def _openssl(self, *arguments):
        subprocess.run(("openssl", *arguments), check=True,
                       stdin=subprocess.DEVNULL, capture_output=True,
                       timeout=TOOL_SECONDS)


def end_point(path):
    """tls-server-end-point's application data (RFC 5929 4.1)."""
    with open(path, "rb") as stream:
        certificate = x509.load_pem_x509_certificate(stream.read())
    digest = certificate.signature_hash_algorithm
    if digest is None or digest.name in ("md5", "sha1"):
        digest = hashes.SHA256()
    return b"tls-server-end-point:" + certificate.fingerprint(digest)
