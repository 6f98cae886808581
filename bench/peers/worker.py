"""One operation a line on standard input, one answer a line on standard output, both JSON. What libraries print goes to
standard error. An operation is timed here, so that the pipe costs neither side anything."""

import json
import os
import sys
import time


def token_ids(tokens, batch=1):
    """The same made-up ids as the other side's: [batch][tokens]."""
    flat = [(i * 7919 + 13) % 49000 for i in range(batch * tokens)]
    return [flat[i * tokens : (i + 1) * tokens] for i in range(batch)]


def timed(work):
    """Milliseconds of the work alone."""
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1e3


def serve(operations):
    """operations: name -> function of the line's parameters, giving a dict."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = {"ok": operations[request["op"]](**request.get("params", {}))}
        except Exception as error:  # Whatever it is, the other side prints it in one line.
            answer = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer) + "\n")
