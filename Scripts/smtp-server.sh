#!/bin/bash
# A mail server for tests, aiosmtpd on loopback only. It keeps every message it takes as JSON, read by Python's own parser.
#
#   Scripts/smtp-server.sh start DIR   prints `export TEST_SMTP_…` lines, once it answers
#   Scripts/smtp-server.sh env DIR     prints them again
#   Scripts/smtp-server.sh stop DIR    ends it by its number and removes DIR
#
# Needs openssl, and a Python with aiosmtpd: the package python3-aiosmtpd, or $PYTHON.
set -euo pipefail
. "$(dirname "$0")/peer.sh"

launch() {
    local python="" candidate
    for candidate in "${PYTHON:-}" python3 /usr/bin/python3; do
        if [ -n "$candidate" ] && "$candidate" -c 'import aiosmtpd' 2>/dev/null; then
            python=$candidate
            break
        fi
    done
    if [ -z "$python" ] || ! command -v openssl >/dev/null; then
        lacks "aiosmtpd or openssl is missing: apt-get install python3-aiosmtpd openssl"
    fi
    make_folder
    mkdir "$dir/messages"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj '/CN=waxwing test' \
        -addext 'subjectAltName=IP:127.0.0.1' -keyout "$dir/key.pem" -out "$dir/certificate.pem" 2>"$dir/log" \
        || fail "the certificate could not be made"
    "$python" -c 'import secrets; print(secrets.token_hex(16))' >"$dir/password"

    cat >"$dir/server.py" <<'PYTHON'
import email, email.policy, json, os, signal, ssl, sys
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

folder = sys.argv[1]
password = open(f"{folder}/password").read().strip()


def lines(part):
    """Mail ends its lines with CRLF, and Python leaves them so."""
    return part and part.get_content().replace("\r\n", "\n")


class Keeper:
    """Takes everything but mail for gone@ and full@."""

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("gone@"):
            return "550 5.1.1 no such user"
        if address.startswith("full@"):
            return "452 4.2.2 mailbox full"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 fine"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.SMTPUTF8)
        text, html = message.get_body(("plain",)), message.get_body(("html",))
        kept = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "options": envelope.mail_options,
            "user": session.auth_data,
            "headers": [[name, str(value)] for name, value in message.items()],
            "names": [address.display_name for address in message["from"].addresses],
            "text": lines(text),
            "html": lines(html),
            "defects": [str(d) for part in message.walk() for d in part.defects]
            + [str(d) for value in message.values() for d in value.defects],
            "longest": max(len(line) for line in envelope.content.split(b"\r\n")),
        }
        name = message["message-id"].strip("<>").partition("@")[0]
        with open(f"{folder}/messages/{name}.partial", "w") as file:
            json.dump(kept, file)
        os.rename(f"{folder}/messages/{name}.partial", f"{folder}/messages/{name}.json")
        return "250 2.0.0 taken"


def authenticate(server, session, envelope, mechanism, data):
    is_right = data.login == b"waxwing" and data.password == password.encode()
    return AuthResult(success=is_right, handled=False, auth_data="waxwing")


context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
context.load_cert_chain(f"{folder}/certificate.pem", f"{folder}/key.pem")
options = dict(
    hostname="127.0.0.1",
    authenticator=authenticate,
    auth_required=True,
    auth_require_tls=True,
    enable_SMTPUTF8=True,
    data_size_limit=1 << 19,
    ready_timeout=300,
)


class AnyPort(Controller):
    """Asks the system for a port instead of connecting to port 0 to see whether it stands."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


plain = AnyPort(Keeper(), port=0, tls_context=context, **options)
# aiosmtpd takes only STARTTLS for TLS.
secure = AnyPort(Keeper(), port=0, ssl_context=context, **options | {"auth_require_tls": False})
plain.start()
secure.start()
with open(f"{folder}/env.partial", "w") as file:
    file.write(
        f"export TEST_SMTP_PORT={plain.port}\n"
        f"export TEST_SMTP_TLS_PORT={secure.port}\n"
        f"export TEST_SMTP_PASSWORD={password}\n"
        f"export TEST_SMTP_CERTIFICATE={folder}/certificate.pem\n"
        f"export TEST_SMTP_MESSAGES={folder}/messages\n"
    )
os.rename(f"{folder}/env.partial", f"{folder}/env")
signal.sigwait([signal.SIGTERM])
PYTHON
    serve "$python" "$dir/server.py" "$dir"
}

run_peer "$@"
