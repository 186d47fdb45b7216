"""A mail server for tests (aiosmtpd): takes mail in the clear, over STARTTLS or over TLS, with a login or without, and leaves
each message in a folder as JSON, decoded by Python's own parser. What it answers to some addresses is in their names."""

import argparse
import asyncio
import email
import email.policy
import json
import os
import ssl

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

REFUSALS = {
    "nobody": "550 5.1.1 <{address}>: no such mailbox",
    "later": "451 4.3.0 <{address}>: try again later",
    "foreign": "550 5.7.1 <{address}>: relaying is not allowed",
}


class Keeper:
    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.count = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        refusal = REFUSALS.get(address.split("@")[0])
        if refusal:
            return refusal.format(address=address)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        plain, html = message.get_body(("plain",)), message.get_body(("html",))
        kept = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "encrypted": server.transport.get_extra_info("cipher") is not None,
            "user": session.auth_data if session.authenticated else None,
            "hello": session.host_name,
            "headers": {name.lower(): str(value) for name, value in message.items()},
            "text": plain.get_content() if plain else None,
            "html": html.get_content() if html else None,
        }
        self.count += 1
        path = os.path.join(self.folder, f"{self.count:04}.json")
        with open(path + ".part", "w", encoding="utf-8") as file:
            json.dump(kept, file, ensure_ascii=False)
        os.rename(path + ".part", path)
        return "250 2.0.0 kept"


def authenticator(user: str, password: str):
    def check(server, session, envelope, mechanism, data):
        good = isinstance(data, LoginPassword) and (
            data.login.decode(),
            data.password.decode(),
        ) == (user, password)
        return AuthResult(success=good, handled=False, auth_data=user)

    return check


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", required=True)
    parser.add_argument("--security", choices=["none", "starttls", "implicit"], default="none")
    parser.add_argument("--cert")
    parser.add_argument("--key")
    parser.add_argument("--user")
    parser.add_argument("--password")
    args = parser.parse_args()
    context = None
    if args.security != "none":
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(args.cert, args.key)
    options = {"hostname": "mail.test", "enable_SMTPUTF8": False}
    if args.security == "starttls":
        options |= {"tls_context": context, "require_starttls": True}
    if args.user:
        options |= {
            "authenticator": authenticator(args.user, args.password),
            "auth_required": True,
            "auth_require_tls": args.security == "starttls",
        }
    loop = asyncio.get_running_loop()
    keeper = Keeper(args.folder)
    server = await loop.create_server(
        lambda: SMTP(keeper, loop=loop, **options),
        "127.0.0.1",
        args.port,
        ssl=context if args.security == "implicit" else None,
    )
    await server.serve_forever()


asyncio.run(main())
