"""transformers on the bundled GGUF, dequantised by transformers itself to float32. Started by bench/run.mjs."""

import os

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"

from worker import serve, timed, token_ids  # noqa: E402

state = {}


def load(model, threads):
    import torch
    import transformers

    torch.set_num_threads(threads)
    transformers.utils.logging.disable_progress_bar()
    folder, name = os.path.split(model)
    decoder = transformers.AutoModelForCausalLM.from_pretrained(folder, gguf_file=name, dtype=torch.float32)
    state["torch"] = torch
    state["model"] = decoder.eval()
    state["implementation"] = None
    return {"versions": {"torch": torch.__version__, "transformers": transformers.__version__}}


def forward(tokens, batch=1, implementation="sdpa", **options):
    torch, model = state["torch"], state["model"]
    if state["implementation"] != implementation:
        model.set_attn_implementation(implementation)
        state["implementation"] = implementation
    ids = torch.tensor(token_ids(tokens, batch))
    with torch.inference_mode():
        return model(ids, **options)


def run_pass(tokens, batch=1, last=False):
    """The ordinary call gives logits at every position; `last` asks for those of the last one only, and for no cache."""
    options = {"logits_to_keep": 1, "use_cache": False} if last else {}
    return {"ms": timed(lambda: forward(tokens, batch, **options))}


def taps(tokens):
    """All attention and all hidden states."""
    options = {"implementation": "eager", "output_attentions": True, "output_hidden_states": True}
    return {"ms": timed(lambda: forward(tokens, **options))}


def logprobs(tokens):
    """[tokens - 1] log-probability of each token given those before it."""
    rows = forward(tokens).logits[0, :-1].log_softmax(-1)
    ids = state["torch"].tensor(token_ids(tokens)[0][1:])
    return {"values": rows.gather(1, ids[:, None])[:, 0].tolist()}


def occlusion(ids, target, replacement, batch=16):
    """What a user writes by hand: each token replaced in turn, a batch at a time, the last row's logits only."""
    torch, model = state["torch"], state["model"]
    use_sdpa()
    rows = torch.tensor([ids]).repeat(len(ids), 1)
    rows.fill_diagonal_(replacement)

    def run():
        with torch.inference_mode():
            read = lambda part: model(part, logits_to_keep=1, use_cache=False).logits[:, -1].log_softmax(-1)[:, target]  # noqa: E731
            whole = read(torch.tensor([ids]))
            state["scores"] = torch.cat([whole - read(part) for part in rows.split(batch)]).tolist()

    return {"ms": timed(run), "scores": state["scores"]}


def gradient(ids, target):
    """Gradient x input with respect to activations only, one row of logits."""
    torch, model = state["torch"], state["model"]
    use_sdpa()
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    embeddings = model.get_input_embeddings()(torch.tensor([ids])).detach().requires_grad_(True)

    def run():
        row = model(inputs_embeds=embeddings, logits_to_keep=1, use_cache=False).logits[0, -1].log_softmax(-1)
        (found,) = torch.autograd.grad(row[target], embeddings)
        state["scores"] = (found * embeddings).sum(-1)[0].tolist()

    return {"ms": timed(run), "scores": state["scores"]}


def use_sdpa():
    if state["implementation"] != "sdpa":
        state["model"].set_attn_implementation("sdpa")
        state["implementation"] = "sdpa"


def matmul(m, k, n):
    torch = state["torch"]
    a, b = torch.randn(m, k), torch.randn(k, n)
    with torch.inference_mode():
        return {"ms": timed(lambda: a @ b)}


serve(
    {
        "load": load,
        "pass": run_pass,
        "taps": taps,
        "logprobs": logprobs,
        "occlusion": occlusion,
        "gradient": gradient,
        "matmul": matmul,
    }
)
