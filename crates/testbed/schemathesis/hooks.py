"""What the platform's API asks of every client, said to Schemathesis."""

import re
import uuid

import schemathesis

KEY = "Idempotency-Key"
WELL_FORMED = re.compile("[!-~]([ -~]{0,253}[!-~])?")


@schemathesis.hook
def before_call(context, case, kwargs):
    """An Idempotency-Key is used for one request: the same one with another body would be a conflict, and is tested elsewhere."""
    if case.headers and WELL_FORMED.fullmatch(case.headers.get(KEY, "")):
        case.headers[KEY] = str(uuid.uuid4())
