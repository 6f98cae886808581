"""Captum and Inseq on the bundled GGUF, dequantised by transformers to float32. Started by bench/run.mjs."""

import os

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"

from worker import serve, timed  # noqa: E402

state = {}


def load(model, threads):
    from importlib.metadata import version

    import torch
    import transformers

    torch.set_num_threads(threads)
    transformers.utils.logging.disable_progress_bar()
    folder, name = os.path.split(model)
    state["tokenizer"] = transformers.AutoTokenizer.from_pretrained(folder, gguf_file=name)
    decoder = transformers.AutoModelForCausalLM.from_pretrained(folder, gguf_file=name, dtype=torch.float32)
    state["model"] = decoder.eval()
    state["inseq"] = {}
    return {"versions": {name: version(name) for name in ("captum", "inseq")}}


def captum_occlusion(text, target):
    """FeatureAblation of each token, the target's log-probability; its wrapper for language models runs one variant at a time."""
    from captum.attr import FeatureAblation, LLMAttribution, TextTokenInput

    attribution = LLMAttribution(FeatureAblation(state["model"]), state["tokenizer"])
    return {"ms": timed(lambda: attribution.attribute(TextTokenInput(text, state["tokenizer"]), target=target))}


def inseq_attribution(text, target, method, **options):
    import inseq

    if method not in state["inseq"]:
        state["inseq"][method] = inseq.load_model(state["model"], method, tokenizer=state["tokenizer"], device="cpu")
    work = lambda: state["inseq"][method].attribute(text, text + target, show_progress=False, **options)  # noqa: E731
    return {"ms": timed(work)}


serve({"load": load, "captum": captum_occlusion, "inseq": inseq_attribution})
