"""What the platform's API asks of every client, said to Schemathesis."""

import uuid

import schemathesis

KEY = "Idempotency-Key"


@schemathesis.hook
def before_call(context, case, kwargs):
    """An Idempotency-Key is used for one request: the same one with another body would be a conflict, and is tested elsewhere."""
    if case.headers and case.headers.get(KEY, "").isalnum():
        case.headers[KEY] = str(uuid.uuid4())
