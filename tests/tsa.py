"""A timestamp authority: `openssl ts` behind HTTP, with a certificate of its own, or a chain."""

import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

CONFIG = """\
[ tsa ]
serial = {place}/serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = yes
tsa_name = yes
ess_cert_id_chain = {chain}
ess_cert_id_alg = {named}
[ req ]
distinguished_name = dn
x509_extensions = ext
prompt = no
[ dn ]
CN = An authority
[ ext ]
extendedKeyUsage = critical,timeStamping
keyUsage = critical,digitalSignature
basicConstraints = critical,CA:false
[ root ]
keyUsage = critical,keyCertSign
basicConstraints = critical,CA:true
subjectKeyIdentifier = hash
"""
RSA, CURVE = ("rsa:2048",), ("ec", "-pkeyopt", "ec_paramgen_curve:P-384")


class Authority:
    """Answers queries; `change` may spoil an answer before it goes out."""

    def __init__(self, place, key=RSA, named="sha256", chain=False):
        self.place, self.asked, self.change = place, 0, lambda answer: answer
        place.mkdir()
        conf = CONFIG.format(place=place, named=named, chain="yes" if chain else "no")
        (place / "conf").write_text(conf)
        (place / "serial").write_text("01\n")
        self.certificate = place / "cert.pem"
        self.root = place / "root.pem"  # who vouches: the certificate itself, or one above
        if chain:
            self._new("root", self.root, key, "-subj", "/CN=A root")
        else:
            self.root = self.certificate
        by = ("-CA", self.root, "-CAkey", place / "root.key") if chain else ()
        self._new("ext", self.certificate, key, *by)
        self._more = ("-chain", self.root) if chain else ()

    def _new(self, extensions, certificate, key, *more):
        openssl(
            "req", "-x509", "-newkey", *key, "-nodes", "-config", self.place / "conf",
            "-extensions", extensions, "-days", "2", "-keyout", certificate.with_suffix(".key"),
            "-out", certificate, *more,
        )  # fmt: skip

    def answer(self, query):
        self.asked += 1
        (self.place / "query").write_bytes(query)
        openssl(
            "ts", "-reply", "-config", self.place / "conf", "-section", "tsa",
            "-queryfile", self.place / "query", "-signer", self.certificate,
            "-inkey", self.certificate.with_suffix(".key"), *self._more,
            "-out", self.place / "answer",
        )  # fmt: skip
        return self.change((self.place / "answer").read_bytes())

    @contextmanager
    def serving(self):
        """Gives the address."""
        authority = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                query = self.rfile.read(int(self.headers["Content-Length"]))
                right = self.headers["Content-Type"] == "application/timestamp-query"
                answer = authority.answer(query) if right else b""
                self.send_response(200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *args):
                pass

        with HTTPServer(("127.0.0.1", 0), Handler) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            yield f"http://127.0.0.1:{server.server_port}/tsa"
            server.shutdown()
            thread.join()


def openssl(*arguments):
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
