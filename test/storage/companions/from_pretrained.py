"""Tiny models of five architectures, made and opened with transformers.

python from_pretrained.py make FOLDER    saves each model, with a tokenizer, into FOLDER/NAME
python from_pretrained.py open FOLDER... opens folders, and prints as JSON what transformers says of each
"""

import json
import sys
import warnings
from pathlib import Path

import torch
import transformers
from safetensors import safe_open
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

transformers.logging.set_verbosity_error()
transformers.logging.disable_progress_bar()
warnings.simplefilter("ignore")

# One vocabulary of 64 entries for all: special tokens of each family, letters, and the space as GPT-2 writes it.
SPECIAL = ["<pad>", "<s>", "</s>", "<unk>", "<|endoftext|>", "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
LETTERS = [*"abcdefghijklmnopqrstuvwxyz", "\u0120"]
WORDS = [*SPECIAL, *LETTERS, *[f"##{letter}" for letter in LETTERS]]
MERGES = []
TEXT = "a b c"
TEMPLATE = "{% for message in messages %}{{ message.content }}{% endfor %}"
LLAMA = {
    "vocab_size": len(WORDS),
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 64,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "pad_token_id": 0,
}
GPT2 = {"vocab_size": len(WORDS), "n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 64}
BERT = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4}
IDS = {"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0}

# Weights of 4 bits, 8 of them in an int32, with a scale for each 32 in a row: vLLM's "W4A16".
QUANTIZED = {
    "quant_method": "compressed-tensors",
    "format": "pack-quantized",
    "quantization_status": "compressed",
    "ignore": ["lm_head"],
    "config_groups": {
        "group_0": {
            "targets": ["Linear"],
            "weights": {
                "num_bits": 4,
                "type": "int",
                "symmetric": True,
                "strategy": "group",
                "group_size": 32,
            },
        }
    },
}


def make_models():
    """The models by name, each with random weights."""
    t = transformers
    return {
        "llama": t.LlamaForCausalLM(t.LlamaConfig(**LLAMA, tie_word_embeddings=False)),
        "qwen2": t.Qwen2ForCausalLM(t.Qwen2Config(**LLAMA, tie_word_embeddings=True)),
        "gpt2": t.GPT2LMHeadModel(t.GPT2Config(**GPT2, **IDS)),
        "bert": t.BertForMaskedLM(t.BertConfig(**BERT, vocab_size=len(WORDS), pad_token_id=0)),
    }


def make_tokenizer(name):
    """A tokenizer of the class that AutoTokenizer chooses for the model."""
    vocab = {word: i for i, word in enumerate(WORDS)}
    if name == "bert":
        return transformers.BertTokenizer(vocab=vocab)
    if name in ("qwen2", "gpt2"):
        kind = transformers.Qwen2Tokenizer if name == "qwen2" else transformers.GPT2Tokenizer
        return kind(vocab=vocab, merges=MERGES)
    tokenizer = Tokenizer(WordLevel(vocab, unk_token="<unk>"))
    tokenizer.pre_tokenizer = Whitespace()
    special = {"pad_token": "<pad>", "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
    return transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, **special)


def save_quantized(folder):
    """A Llama whose linear layers are packed, as a tool that quantizes saves them."""
    from compressed_tensors.compressors import ModelCompressor
    from compressed_tensors.quantization import QuantizationConfig, apply_quantization_config

    model = transformers.LlamaForCausalLM(transformers.LlamaConfig(**LLAMA, tie_word_embeddings=False))
    apply_quantization_config(model, QuantizationConfig(**{**QUANTIZED, "quantization_status": "frozen"}))
    for name, tensor in model.named_parameters():
        if name.endswith("weight_scale"):
            tensor.data.fill_(0.01)
    compressor = ModelCompressor.from_pretrained_model(model)
    compressor.compress_model(model)
    model.save_pretrained(folder)
    compressor.update_config(folder)


def make(folder):
    torch.manual_seed(0)
    for name, model in make_models().items():
        model.save_pretrained(f"{folder}/{name}")
    save_quantized(f"{folder}/quantized")
    for name in [*make_models(), "quantized"]:
        tokenizer = make_tokenizer(name)
        if name == "llama":
            tokenizer.chat_template = TEMPLATE
        tokenizer.save_pretrained(f"{folder}/{name}")
    use_older_files(Path(folder))


def use_older_files(folder):
    """As older repositories have them: vocabularies in place of a tokenizer.json."""
    (folder / "gpt2" / "vocab.json").write_text(json.dumps({word: i for i, word in enumerate(WORDS)}))
    (folder / "gpt2" / "merges.txt").write_text("#version: 0.2\n")
    (folder / "bert" / "vocab.txt").write_text("\n".join(WORDS))
    for name in ("gpt2", "bert"):
        (folder / name / "tokenizer.json").unlink()


def stored_tensors(folder):
    for path in sorted(Path(folder).glob("*.safetensors")):
        with safe_open(path, "pt") as file:
            for name in file.keys():
                yield name, file.get_tensor(name)


def open_folder(folder):
    try:
        config = transformers.AutoConfig.from_pretrained(folder)
    except (OSError, ValueError) as error:
        return {"error": type(error).__name__}
    model_class = getattr(transformers, config.architectures[0])
    model, info = model_class.from_pretrained(folder, output_loading_info=True, dtype="auto")
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    ids = tokenizer(TEXT, return_tensors="pt")["input_ids"]
    # Before the model runs: that decompresses what is packed.
    state = model.state_dict()
    different = [
        name for name, tensor in stored_tensors(folder) if name in state and not torch.equal(state[name], tensor)
    ]
    absent = [name for name, _ in stored_tensors(folder) if name not in state]
    with torch.no_grad():
        logits = model.eval()(input_ids=ids).logits
    return {
        "class": type(model).__name__,
        "missing": sorted(map(str, info["missing_keys"])),
        "unexpected": sorted(map(str, info["unexpected_keys"])),
        "mismatched": sorted(map(str, info["mismatched_keys"])),
        "different": different,
        "absent": absent,
        "ids": ids[0].tolist(),
        "template": tokenizer.chat_template,
        "eos": getattr(getattr(model, "generation_config", None), "eos_token_id", None),
        "shape": list(logits.shape),
        "finite": bool(torch.isfinite(logits).all()),
        "deviation": float(logits.float().std()),
    }


if sys.argv[1] == "make":
    make(sys.argv[2])
else:
    json.dump([open_folder(folder) for folder in sys.argv[2:]], sys.stdout)
