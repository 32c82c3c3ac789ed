"""What transformers draws: tiny models of many architectures, made again and again with other seeds.

python3 test/vectors/architectures.py > test/vectors/architectures.json

Each model is saved as a checkpoint, so names are those of files. A tensor that is the same in every draw is a constant or, where its
elements differ, values; of the others the mean, the standard deviation, the outermost values and the number of drawn values are measured.
Draws go on until every kind of tensor (its name with any number in place of its numbers) has SAMPLES values, but no longer than MOST_DRAWS.
Of 4,000 normals, the fewest of any kind here, one lies beyond 2.8 standard deviations with probability 1 - 1e-9; of uniforms, and of
normals that are truncated at two, none does: so the laws are told apart. The standard error of a standard deviation is 0.5 % for SAMPLES
normals.
"""

import json
import re
import sys
import tempfile
import warnings

import torch
import transformers
from safetensors import safe_open
from transformers import AutoConfig

SAMPLES = 20000
MOST_DRAWS = 1000
# Deterministic values are listed up to this many.
MOST_VALUES = 48

warnings.simplefilter("ignore")
transformers.logging.set_verbosity_error()
transformers.logging.disable_progress_bar()
torch.set_num_threads(1)

DECODER = dict(
    vocab_size=96, hidden_size=32, intermediate_size=40, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
    max_position_embeddings=24, initializer_range=0.03, pad_token_id=1, bos_token_id=2, eos_token_id=3, head_dim=8,
)
ENCODER = dict(
    vocab_size=96, hidden_size=32, intermediate_size=40, num_hidden_layers=2, num_attention_heads=4,
    max_position_embeddings=24, initializer_range=0.03, pad_token_id=1,
)
PLAIN = {k: v for k, v in DECODER.items() if k not in ("num_key_value_heads", "head_dim")}
GPT2 = dict(vocab_size=96, n_embd=32, n_layer=2, n_head=4, n_positions=24, n_ctx=24, initializer_range=0.03, bos_token_id=2, eos_token_id=3)
MOE = dict(DECODER, num_experts=4, num_local_experts=4, num_experts_per_tok=2, moe_intermediate_size=24)
SEQ2SEQ = dict(
    vocab_size=96, d_model=32, encoder_layers=2, decoder_layers=2, encoder_attention_heads=4, decoder_attention_heads=4,
    encoder_ffn_dim=40, decoder_ffn_dim=40, max_position_embeddings=24, init_std=0.03, pad_token_id=1, eos_token_id=2,
    bos_token_id=0, decoder_start_token_id=2,
)
T5 = dict(vocab_size=96, d_model=32, d_kv=8, d_ff=40, num_layers=2, num_decoder_layers=2, num_heads=4, initializer_factor=0.9, pad_token_id=0, decoder_start_token_id=0)
VISION = dict(hidden_size=32, intermediate_size=40, num_hidden_layers=2, num_attention_heads=4, image_size=16, patch_size=8, initializer_range=0.03)
SPEECH = dict(
    vocab_size=32, hidden_size=32, intermediate_size=40, num_hidden_layers=2, num_attention_heads=4, conv_dim=[32, 32],
    conv_stride=[5, 2], conv_kernel=[10, 3], num_feat_extract_layers=2, num_conv_pos_embeddings=8, num_conv_pos_embedding_groups=4,
    initializer_range=0.03, pad_token_id=0, mask_time_prob=0.05,
)
MAMBA = dict(vocab_size=96, hidden_size=32, state_size=8, num_hidden_layers=2, intermediate_size=64, time_step_rank=4, initializer_range=0.03, pad_token_id=1, bos_token_id=2, eos_token_id=3)
TEXT = dict(vocab_size=96, hidden_size=32, intermediate_size=40, num_hidden_layers=2, num_attention_heads=4, max_position_embeddings=24, projection_dim=32, initializer_range=0.03, pad_token_id=1, bos_token_id=2, eos_token_id=3)

ROPE = dict(rope_type="default", rope_theta=10000.0, mrope_section=[1, 1, 2])

CAUSAL, MASKED, SEQ, BASE = "AutoModelForCausalLM", "AutoModelForMaskedLM", "AutoModelForSeq2SeqLM", "AutoModel"
IMAGE, CLASSES = "AutoModelForImageClassification", "AutoModelForSequenceClassification"
BOTH = "AutoModelForImageTextToText"

MODELS = [
    ("gpt2", CAUSAL, GPT2),
    ("gpt_bigcode", CAUSAL, GPT2),
    ("gpt_neo", CAUSAL, dict(vocab_size=96, hidden_size=32, num_layers=2, num_heads=4, attention_types=[[["global", "local"], 1]], max_position_embeddings=24, window_size=4, initializer_range=0.03, bos_token_id=2, eos_token_id=3)),
    ("gpt_neox", CAUSAL, PLAIN),
    ("gptj", CAUSAL, dict(GPT2, rotary_dim=4)),
    ("codegen", CAUSAL, dict(GPT2, rotary_dim=4)),
    ("opt", CAUSAL, dict(vocab_size=96, hidden_size=32, num_hidden_layers=2, ffn_dim=40, num_attention_heads=4, max_position_embeddings=24, word_embed_proj_dim=32, init_std=0.03, pad_token_id=1, bos_token_id=2, eos_token_id=2)),
    ("bloom", CAUSAL, dict(vocab_size=96, hidden_size=32, n_layer=2, n_head=4, initializer_range=0.03, pad_token_id=3, bos_token_id=1, eos_token_id=2)),
    ("falcon", CAUSAL, dict(PLAIN)),
    ("mpt", CAUSAL, dict(vocab_size=96, d_model=32, n_layers=2, n_heads=4, max_seq_len=24, initializer_range=0.03)),
    ("phi", CAUSAL, PLAIN),
    ("phi3", CAUSAL, DECODER),
    ("gemma", CAUSAL, DECODER),
    ("gemma2", CAUSAL, DECODER),
    ("gemma3_text", CAUSAL, DECODER),
    ("gemma3", BOTH, dict(text_config=dict(DECODER, vocab_size=96), vision_config=VISION, mm_tokens_per_image=1, image_token_index=5, boi_token_index=6, eoi_token_index=7, initializer_range=0.02)),
    ("mistral", CAUSAL, DECODER),
    ("mixtral", CAUSAL, MOE),
    ("ministral", CAUSAL, DECODER),
    ("eurobert", MASKED, DECODER),
    ("qwen2", CAUSAL, DECODER),
    ("qwen2_moe", CAUSAL, dict(MOE, shared_expert_intermediate_size=24)),
    ("qwen3", CAUSAL, DECODER),
    ("qwen3_moe", CAUSAL, MOE),
    ("qwen3_next", CAUSAL, dict(MOE, layer_types=["linear_attention", "full_attention"], linear_num_value_heads=4, linear_num_key_heads=2, linear_key_head_dim=8, linear_value_head_dim=8, shared_expert_intermediate_size=24)),
    ("qwen2_vl", BOTH, dict(text_config=dict(DECODER, rope_parameters=ROPE), vision_config=dict(depth=2, embed_dim=32, hidden_size=32, num_heads=4, mlp_ratio=2, patch_size=8), initializer_range=0.03)),
    ("llama", CAUSAL, dict(DECODER, attention_bias=True, tie_word_embeddings=True)),
    ("llama4_text", CAUSAL, dict(DECODER, num_local_experts=4, intermediate_size_mlp=48, interleave_moe_layer_step=2)),
    ("olmo", CAUSAL, DECODER),
    ("olmo2", CAUSAL, DECODER),
    ("olmoe", CAUSAL, MOE),
    ("cohere", CAUSAL, dict(DECODER, use_qk_norm=True)),
    ("cohere2", CAUSAL, DECODER),
    ("starcoder2", CAUSAL, DECODER),
    ("glm", CAUSAL, DECODER),
    ("glm4", CAUSAL, DECODER),
    ("granite", CAUSAL, DECODER),
    ("granitemoe", CAUSAL, MOE),
    ("granitemoeshared", CAUSAL, dict(MOE, shared_intermediate_size=24)),
    ("stablelm", CAUSAL, DECODER),
    ("nemotron", CAUSAL, DECODER),
    ("persimmon", CAUSAL, PLAIN),
    ("smollm3", CAUSAL, DECODER),
    ("ernie4_5", CAUSAL, DECODER),
    ("exaone4", CAUSAL, DECODER),
    ("lfm2", CAUSAL, dict(DECODER, layer_types=["conv", "full_attention"], block_auto_adjust_ff_dim=False)),
    ("dbrx", CAUSAL, dict(d_model=32, n_heads=4, n_layers=2, max_seq_len=24, vocab_size=96, initializer_range=0.03, attn_config=dict(kv_n_heads=2, rope_theta=10000.0), ffn_config=dict(ffn_hidden_size=24, moe_num_experts=4, moe_top_k=2, hidden_size=32))),
    ("deepseek_v2", CAUSAL, dict(PLAIN, n_routed_experts=4, n_shared_experts=1, num_experts_per_tok=2, moe_intermediate_size=24, first_k_dense_replace=1, q_lora_rank=16, kv_lora_rank=16, qk_rope_head_dim=8, qk_nope_head_dim=8, v_head_dim=8, n_group=1, topk_group=1)),
    ("deepseek_v3", CAUSAL, dict(PLAIN, n_routed_experts=4, n_shared_experts=1, num_experts_per_tok=2, moe_intermediate_size=24, first_k_dense_replace=1, q_lora_rank=16, kv_lora_rank=16, qk_rope_head_dim=8, qk_nope_head_dim=8, v_head_dim=8, n_group=2, topk_group=1)),
    ("gpt_oss", CAUSAL, dict(DECODER, num_local_experts=4, num_experts_per_tok=2, layer_types=["sliding_attention", "full_attention"])),
    ("minimax", CAUSAL, dict(MOE, layer_types=["full_attention", "linear_attention"])),
    ("jamba", CAUSAL, dict(MOE, attn_layer_period=2, attn_layer_offset=1, expert_layer_period=2, expert_layer_offset=1, mamba_d_state=8, mamba_dt_rank=4)),
    ("bamba", CAUSAL, dict(DECODER, attn_layer_indices=[1], mamba_n_heads=8, mamba_d_head=8, mamba_d_state=8, mamba_n_groups=1, mamba_chunk_size=8)),
    ("zamba2", CAUSAL, dict(vocab_size=96, hidden_size=32, intermediate_size=40, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=4, attention_head_dim=16, layers_block_type=["mamba", "hybrid"], n_mamba_heads=8, mamba_headdim=8, mamba_d_state=8, mamba_ngroups=1, initializer_range=0.03, use_shared_attention_adapter=False, pad_token_id=1)),
    ("mamba", CAUSAL, MAMBA),
    ("falcon_mamba", CAUSAL, MAMBA),
    ("mamba2", CAUSAL, dict(vocab_size=96, hidden_size=32, state_size=8, num_hidden_layers=2, num_heads=8, head_dim=8, n_groups=2, initializer_range=0.03, pad_token_id=1, bos_token_id=2, eos_token_id=3)),
    ("recurrent_gemma", CAUSAL, dict(vocab_size=96, hidden_size=32, intermediate_size=48, num_hidden_layers=3, num_attention_heads=4, num_key_value_heads=1, lru_width=32, attention_window_size=8, w_init_variance_scale=0.01, pad_token_id=0)),
    ("rwkv", CAUSAL, dict(vocab_size=96, hidden_size=32, attention_hidden_size=32, num_hidden_layers=2, intermediate_size=40)),
    ("xglm", CAUSAL, dict(vocab_size=96, d_model=32, ffn_dim=40, num_layers=2, attention_heads=4, max_position_embeddings=24, init_std=0.03, pad_token_id=1)),
    ("bert", "AutoModelForPreTraining", ENCODER),
    ("roberta", MASKED, ENCODER),
    ("xlm-roberta", MASKED, ENCODER),
    ("xlm-roberta-xl", MASKED, ENCODER),
    ("roberta-prelayernorm", MASKED, ENCODER),
    ("ernie", MASKED, ENCODER),
    ("nomic_bert", MASKED, ENCODER),
    ("camembert", CLASSES, ENCODER),
    ("distilbert", MASKED, dict(vocab_size=96, dim=32, n_layers=2, n_heads=4, hidden_dim=40, max_position_embeddings=24, initializer_range=0.03, pad_token_id=1)),
    ("electra", "AutoModelForPreTraining", dict(ENCODER, embedding_size=24)),
    ("deberta", MASKED, dict(ENCODER, relative_attention=True, pos_att_type=["c2p", "p2c"], type_vocab_size=2)),
    ("deberta-v2", MASKED, dict(ENCODER, relative_attention=True, pos_att_type=["c2p", "p2c"], position_buckets=8, norm_rel_ebd="layer_norm", conv_kernel_size=3)),
    ("albert", "AutoModelForPreTraining", dict(ENCODER, embedding_size=24, num_hidden_groups=1)),
    ("mpnet", MASKED, ENCODER),
    ("modernbert", MASKED, dict(ENCODER, bos_token_id=2, eos_token_id=3, cls_token_id=2, sep_token_id=3)),
    ("esm", MASKED, dict(ENCODER, mask_token_id=4, position_embedding_type="absolute")),
    ("longformer", MASKED, dict(ENCODER, attention_window=4)),
    ("bart", SEQ, SEQ2SEQ),
    ("mbart", SEQ, SEQ2SEQ),
    ("blenderbot", SEQ, SEQ2SEQ),
    ("pegasus", SEQ, SEQ2SEQ),
    ("marian", SEQ, dict(SEQ2SEQ, pad_token_id=90)),
    ("m2m_100", SEQ, SEQ2SEQ),
    ("led", SEQ, dict({k: v for k, v in SEQ2SEQ.items() if k != "max_position_embeddings"}, max_encoder_position_embeddings=24, max_decoder_position_embeddings=24, attention_window=4)),
    ("t5", SEQ, T5),
    ("mt5", SEQ, dict(T5, feed_forward_proj="gated-gelu", tie_word_embeddings=False)),
    ("umt5", SEQ, dict(T5, feed_forward_proj="gated-gelu")),
    ("vit", IMAGE, VISION),
    ("deit", "AutoModelForMaskedImageModeling", dict(VISION, encoder_stride=8)),
    ("beit", IMAGE, dict(VISION, use_relative_position_bias=True, use_mask_token=True)),
    ("swin", IMAGE, dict(image_size=32, patch_size=4, embed_dim=16, depths=[1, 1], num_heads=[2, 4], window_size=4, initializer_range=0.03)),
    ("swinv2", IMAGE, dict(image_size=32, patch_size=4, embed_dim=16, depths=[1, 1], num_heads=[2, 4], window_size=4, initializer_range=0.03)),
    ("convnext", IMAGE, dict(hidden_sizes=[16, 32], depths=[1, 1], num_stages=2, initializer_range=0.03, layer_scale_init_value=1e-6)),
    ("convnextv2", IMAGE, dict(hidden_sizes=[16, 32], depths=[1, 1], num_stages=2, initializer_range=0.03)),
    ("dinov2", BASE, dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, mlp_ratio=2, image_size=16, patch_size=8, initializer_range=0.03)),
    ("dinov3_vit", BASE, dict(VISION, num_register_tokens=2)),
    ("resnet", IMAGE, dict(embedding_size=16, hidden_sizes=[16, 32], depths=[1, 1], layer_type="basic")),
    ("segformer", IMAGE, dict(num_encoder_blocks=2, depths=[1, 1], sr_ratios=[2, 1], hidden_sizes=[16, 32], patch_sizes=[7, 3], strides=[4, 2], num_attention_heads=[1, 2], mlp_ratios=[2, 2], decoder_hidden_size=16, initializer_range=0.03)),
    ("clip", BASE, dict(text_config=TEXT, vision_config=dict(VISION, hidden_size=48, projection_dim=32), projection_dim=32, initializer_factor=0.9)),
    ("clip_text_model", BASE, dict(TEXT, initializer_factor=0.9)),
    ("clip_vision_model", BASE, dict(VISION, projection_dim=32, initializer_factor=0.9)),
    ("chinese_clip", BASE, dict(text_config=TEXT, vision_config=dict(VISION, hidden_size=48, projection_dim=32), projection_dim=32)),
    ("siglip", BASE, dict(text_config=TEXT, vision_config=VISION)),
    ("blip", BASE, dict(text_config=TEXT, vision_config=VISION, projection_dim=32)),
    ("llava_next", BOTH, dict(text_config=dict(DECODER, model_type="llama"), vision_config=dict(VISION, model_type="clip_vision_model"), image_token_index=5)),
    ("llava", BOTH, dict(text_config=dict(DECODER, model_type="llama"), vision_config=dict(VISION, model_type="clip_vision_model"), image_token_index=5)),
    ("paligemma", BOTH, dict(text_config=dict(DECODER, model_type="gemma"), vision_config=dict(VISION, model_type="siglip_vision_model"), projection_dim=32, image_token_index=5)),
    ("whisper", "AutoModelForSpeechSeq2Seq", dict({k: v for k, v in SEQ2SEQ.items() if k != "max_position_embeddings"}, max_source_positions=12, max_target_positions=12, num_mel_bins=8)),
    ("wav2vec2", "AutoModelForPreTraining", dict(SPEECH, codevector_dim=16, proj_codevector_dim=16, num_codevectors_per_group=8, add_adapter=True, output_hidden_size=32)),
    ("hubert", "AutoModelForAudioClassification", dict(SPEECH, use_weighted_layer_sum=True, classifier_proj_size=16, num_labels=3)),
    ("wavlm", BASE, dict(SPEECH, num_buckets=8, max_bucket_distance=16)),
    ("xlnet", CAUSAL, dict(vocab_size=96, d_model=32, n_layer=2, n_head=4, d_inner=40, initializer_range=0.03, pad_token_id=1)),
    ("glm4_moe", CAUSAL, dict(MOE, n_routed_experts=4, n_shared_experts=1, first_k_dense_replace=1, n_group=1, topk_group=1)),
    ("qwen2_5_vl", BOTH, dict(text_config=dict(DECODER, rope_parameters=ROPE), vision_config=dict(depth=2, hidden_size=32, out_hidden_size=32, intermediate_size=40, num_heads=4, patch_size=8, fullatt_block_indexes=[1]), initializer_range=0.03)),
    ("qwen3_vl", BOTH, dict(text_config=dict(DECODER, rope_parameters=ROPE), vision_config=dict(depth=2, hidden_size=32, out_hidden_size=32, intermediate_size=40, num_heads=4, patch_size=8, num_position_embeddings=16, deepstack_visual_indexes=[1]))),
    ("qwen3_vl_moe", BOTH, dict(text_config=dict(MOE, rope_parameters=ROPE), vision_config=dict(depth=2, hidden_size=32, out_hidden_size=32, intermediate_size=40, num_heads=4, patch_size=8, num_position_embeddings=16, deepstack_visual_indexes=[1]))),
    ("qwen3_5", BOTH, dict(text_config=dict(DECODER, layer_types=["linear_attention", "full_attention"], linear_num_value_heads=8, linear_num_key_heads=4, linear_key_head_dim=8, linear_value_head_dim=8, rope_parameters=ROPE), vision_config=dict(depth=2, hidden_size=32, out_hidden_size=32, intermediate_size=40, num_heads=4, patch_size=8, num_position_embeddings=16))),
    ("qwen3_5_moe", BOTH, dict(text_config=dict(MOE, layer_types=["linear_attention", "full_attention"], linear_num_value_heads=8, linear_num_key_heads=4, linear_key_head_dim=8, linear_value_head_dim=8, shared_expert_intermediate_size=24, rope_parameters=ROPE), vision_config=dict(depth=2, hidden_size=32, out_hidden_size=32, intermediate_size=40, num_heads=4, patch_size=8, num_position_embeddings=16))),
    ("qwen3_5_text", CAUSAL, dict(DECODER, layer_types=["linear_attention", "full_attention"], linear_num_value_heads=8, linear_num_key_heads=4, linear_key_head_dim=8, linear_value_head_dim=8)),
    ("qwen3_5_moe_text", CAUSAL, dict(MOE, layer_types=["linear_attention", "full_attention"], linear_num_value_heads=8, linear_num_key_heads=4, linear_key_head_dim=8, linear_value_head_dim=8, shared_expert_intermediate_size=24)),
    ("llama4", BOTH, dict(text_config=dict(DECODER, num_local_experts=4, intermediate_size_mlp=48, interleave_moe_layer_step=2), vision_config=dict(VISION, vision_output_dim=32, projector_input_dim=32, projector_output_dim=32))),
    ("mistral3", BOTH, dict(text_config=dict(DECODER, model_type="mistral"), vision_config=dict(VISION, model_type="pixtral", head_dim=8))),
    ("ministral3", CAUSAL, DECODER),
    ("olmo3", CAUSAL, DECODER),
    ("seed_oss", CAUSAL, DECODER),
    ("apertus", CAUSAL, DECODER),
    ("arcee", CAUSAL, DECODER),
    ("hunyuan_v1_dense", CAUSAL, DECODER),
    ("phimoe", CAUSAL, MOE),
    ("ernie4_5_moe", CAUSAL, dict(MOE, moe_num_experts=4, moe_k=2, moe_num_shared_experts=1, moe_layer_start_index=1)),
    ("granitemoehybrid", CAUSAL, dict(MOE, layer_types=["mamba", "attention"], mamba_n_heads=8, mamba_d_head=8, mamba_d_state=8, mamba_n_groups=1, shared_intermediate_size=24)),
    ("falcon_h1", CAUSAL, dict(DECODER, mamba_d_ssm=64, mamba_n_heads=8, mamba_d_head=8, mamba_d_state=8, mamba_n_groups=1)),
    ("nemotron_h", CAUSAL, dict(DECODER, layers_block_type=["mamba", "attention"], mamba_num_heads=8, mamba_head_dim=8, ssm_state_size=8, n_groups=1)),
    ("minimax_m2", CAUSAL, MOE),
    ("helium", CAUSAL, DECODER),
    ("dots1", CAUSAL, dict(MOE, n_routed_experts=4, n_shared_experts=1, first_k_dense_replace=1, n_group=1, topk_group=1)),
    ("deepseek_v32", CAUSAL, dict(PLAIN, n_routed_experts=4, n_shared_experts=1, num_experts_per_tok=2, moe_intermediate_size=24, first_k_dense_replace=1, q_lora_rank=16, kv_lora_rank=16, qk_rope_head_dim=8, qk_nope_head_dim=8, v_head_dim=8, n_group=2, topk_group=1, index_n_heads=2, index_head_dim=8)),
    ("bitnet", CAUSAL, DECODER),
    ("cwm", CAUSAL, DECODER),
    ("layoutlm", MASKED, ENCODER),
    ("big_bird", MASKED, dict(ENCODER, attention_type="original_full")),
    ("convbert", MASKED, dict(ENCODER, embedding_size=32, conv_kernel_size=3, head_ratio=2)),
    ("audio-spectrogram-transformer", BASE, dict(VISION, num_mel_bins=16, max_length=24, patch_size=8, frequency_stride=8, time_stride=8)),
    ("idefics3", BOTH, dict(text_config=dict(DECODER, model_type="llama"), vision_config=VISION, image_token_id=5, pad_token_id=1, scale_factor=1)),
    ("smolvlm", BOTH, dict(text_config=dict(DECODER, model_type="llama"), vision_config=VISION, image_token_id=5, pad_token_id=1, scale_factor=1)),
]

# Keys of a config that say nothing of weights.
DROPPED = re.compile(
    r"transformers_version|architectures|id2label|label2id|_name_or_path|dtype|torch_dtype|.*(drop|activation|_act|act_|output_|return_|chunk|cache|summary|"
    r"tdnn|mask_|gradient|decode|beam|length|penalty|router|loss|problem|xvector|ctc|adapter|eps|epsilon).*"
)


def skeleton(name):
    return re.sub(r"[0-9]+", "*", name)


def make(model_type, auto, overrides, seed, folder):
    torch.manual_seed(seed)
    config = AutoConfig.for_model(model_type, **overrides)
    model = getattr(transformers, auto).from_config(config)
    model.save_pretrained(folder)
    with safe_open(f"{folder}/model.safetensors", "pt") as file:
        return {name: file.get_tensor(name) for name in file.keys()}


class Measured:
    """One tensor over the draws."""

    def __init__(self, tensor):
        self.first, self.steady, self.draws = tensor.clone(), True, 1
        self.rows = tensor.reshape(tensor.shape[0], -1).any(1) if tensor.dim() > 1 else None

    def add(self, tensor):
        self.steady = self.steady and torch.equal(self.first, tensor)
        self.draws += 1
        if self.rows is not None:
            self.rows = self.rows | tensor.reshape(tensor.shape[0], -1).any(1)

    @property
    def zero_rows(self):
        return [] if self.rows is None or self.steady else (~self.rows).nonzero().flatten().tolist()


class Pool:
    """The drawn values of tensors that are named and shaped alike."""

    def __init__(self):
        self.n, self.total, self.squares, self.least, self.most = 0, 0.0, 0.0, float("inf"), float("-inf")

    def add(self, tensor, zero_rows):
        keep = [i for i in range(tensor.shape[0]) if i not in zero_rows] if zero_rows else slice(None)
        values = tensor[keep].double() if tensor.dim() > 0 else tensor.double()
        self.n += values.numel()
        self.total += values.sum().item()
        self.squares += (values**2).sum().item()
        self.least, self.most = min(self.least, values.min().item()), max(self.most, values.max().item())

    def describe(self):
        mean = self.total / self.n
        std = max(self.squares / self.n - mean**2, 0) ** 0.5
        short = lambda value: float(f"{value:.5g}")
        return {"mean": short(mean), "std": short(std), "min": short(self.least), "max": short(self.most), "n": self.n}


def measure(model_type, auto, overrides):
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        draw = lambda seed: make(model_type, auto, overrides, seed, folder)
        first = draw(0)
        config = json.load(open(f"{folder}/config.json"))
        measured = {name: Measured(tensor) for name, tensor in first.items()}
        drawn = [first]
        for seed in range(1, 5):
            drawn.append(draw(seed))
            for name, tensor in drawn[-1].items():
                measured[name].add(tensor)
        random = {name for name, m in measured.items() if not m.steady}
        zero_rows = {name: m.zero_rows for name, m in measured.items()}
        key = lambda name: (skeleton(name), tuple(first[name].shape))
        pools = {key(name): Pool() for name in random}
        seed = 5
        while True:
            for tensors in drawn:
                for name in random:
                    pools[key(name)].add(tensors[name], zero_rows[name])
            if seed >= MOST_DRAWS or all(pool.n >= SAMPLES for pool in pools.values()):
                break
            drawn = [draw(seed)]
            seed += 1
    rows = {}
    for name, tensor in first.items():
        if name in random:
            what = pools[key(name)].describe()
            if zero_rows[name]:
                what["zero_rows"] = zero_rows[name]
        else:
            values = tensor.flatten().tolist()
            what = {"values": values[:MOST_VALUES]} if len(set(values)) > 1 else {"value": values[0]}
        dtype = str(tensor.dtype).removeprefix("torch.")
        rows.setdefault((skeleton(name), json.dumps([list(tensor.shape), dtype, what])), []).append(name)
    tensors = [[fold(names), *json.loads(rest)] for (_, rest), names in rows.items()]
    return {"auto": auto, "config": prune(config), "tensors": tensors}


def fold(names):
    """`layers.0.bias` and `layers.1.bias` are `layers.{0,1}.bias`, where one number alone differs."""
    numbers = list(zip(*(re.findall(r"[0-9]+", name) for name in names)))
    differing = [i for i, values in enumerate(numbers) if len(set(values)) > 1]
    if len(differing) != 1:
        return names
    place = differing[0]
    pieces = re.split(r"[0-9]+", names[0])
    values = [value[0] for value in numbers]
    values[place] = "{" + ",".join(numbers[place]) + "}"
    return ["".join(piece + value for piece, value in zip(pieces, [*values, ""]))]


# Types of the parts of models.
PARTS = [
    "chinese_clip_text_model", "chinese_clip_vision_model", "siglip_text_model",
    "siglip_vision_model", "blip_text_model", "blip_vision_model", "qwen2_vl_text", "qwen2_5_vl_text", "qwen3_vl_text", "qwen3_vl_moe_text",
    "llama4_vision_model", "pixtral",
]


def defaults(model_type):
    """Of a configuration class: the standard deviation, and the row of padding."""
    config = AutoConfig.for_model(model_type)
    return [getattr(config, "initializer_range", getattr(config, "init_std", None)), getattr(config, "pad_token_id", None)]


def prune(config):
    return {
        key: prune(value) if isinstance(value, dict) else value
        for key, value in config.items()
        if not DROPPED.fullmatch(key) and value is not None and value is not False
    }


def main():
    wanted = sys.argv[1:]
    result = {}
    for model_type, auto, overrides in MODELS:
        if wanted and model_type not in wanted:
            continue
        try:
            result[model_type] = measure(model_type, auto, overrides)
            print(model_type, len(result[model_type]["tensors"]), file=sys.stderr, flush=True)
        except Exception as error:
            print("FAILED", model_type, repr(error)[:300], file=sys.stderr, flush=True)
    lines = ",\n".join(f"{json.dumps(key)}: {json.dumps(value, separators=(',', ':'))}" for key, value in result.items())
    meta = {"transformers": transformers.__version__, "torch": torch.__version__}
    usual = {name: defaults(name) for name in [*(model_type for model_type, _, _ in MODELS), *PARTS]}
    print(f'{{"meta": {json.dumps(meta)},\n"defaults": {json.dumps(usual)},\n"architectures": {{\n{lines}\n}}}}')


main()
