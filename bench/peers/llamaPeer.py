"""llama.cpp through its Python binding, on the bundled GGUF itself. Started by bench/run.mjs."""

from worker import serve, timed, token_ids

context = 1024
state = {}


def load(model, threads):
    import llama_cpp

    state["library"] = llama_cpp
    state["model"] = llama_cpp.Llama(
        model, n_ctx=context, n_threads=threads, n_threads_batch=threads, n_batch=512, verbose=False
    )
    return {"versions": {"llama-cpp-python": llama_cpp.__version__}}


def evaluate(ids):
    """Evaluates, and waits until the logits are there."""
    model = state["model"]
    model.eval(ids)
    return state["library"].llama_get_logits(model._ctx.ctx)


def run_pass(tokens):
    ids = token_ids(tokens)[0]
    state["model"].reset()
    return {"ms": timed(lambda: evaluate(ids))}


def generate(tokens, count):
    """Greedy, from a context of `tokens` that is evaluated before the clock starts."""
    import numpy as np

    model = state["model"]
    model.reset()
    ids = token_ids(tokens)[0]
    evaluate(ids[:-1])
    produced = []

    def continue_text():
        token = ids[-1]
        for _ in range(count):
            logits = np.ctypeslib.as_array(evaluate([token]), shape=(model.n_vocab(),))
            token = int(logits.argmax())
            produced.append(token)

    return {"ms": timed(continue_text) / count, "ids": produced}


serve({"load": load, "pass": run_pass, "generate": generate})
