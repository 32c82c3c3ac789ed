/**
 * Which files beside a checkpoint's weights are companion files: a model opens by its folder only with them. Everything else stays
 * where it is:
 *
 * - weights, their indices and training states, in any format: the run writes its own;
 * - code (`*.py`): it would run on the machine that opens the folder;
 * - README.md and modelcard.json: they describe the model that was trained, its results and its data;
 * - folders, such as the pooling of sentence-transformers or additional chat templates;
 * - params.json: it is of Mistral's own format, whose tensors have other names.
 *
 * The licence goes along, as most licences require of copies, and so do notices.
 *
 * Sources: what from_pretrained reads in transformers 5.24 (transformers/utils/__init__.py, tokenization_utils_base.py and the
 * VOCAB_FILES_NAMES of its tokenizers); what vLLM reads besides (get_config_filenames of its quantizations, and tekken.json).
 * @module
 */

const MIB = 2 ** 20;

/** The file without which neither transformers nor vLLM opens a folder. */
export const CONFIG = 'config.json';

interface CompanionKind {
  /** What such a file is to whoever opens the folder. */
  readonly what: string;
  /** No such file is as large: Gemma's tokenizer.json has 33 MB, its tokenizer.model 4 MB. */
  readonly maxBytes: number;
  readonly names: readonly string[];
  /** Names that cannot all be listed: without a slash, and without a dot first. */
  readonly pattern?: RegExp;
}

/** In the order in which they are reported. */
export const COMPANION_KINDS: readonly CompanionKind[] = [
  { what: 'the architecture and its sizes', maxBytes: 8 * MIB, names: [CONFIG] },
  {
    what: 'the defaults of generate(), and the tokens that end it',
    maxBytes: 8 * MIB,
    names: ['generation_config.json'],
  },
  {
    what: 'how weights are quantized, by tools that do not write it into config.json',
    maxBytes: 8 * MIB,
    names: [
      'quantize_config.json',
      'quant_config.json',
      'quantization_config.json',
      'hf_quant_config.json',
      'quant_model_description.json',
    ],
  },
  {
    what: 'a whole tokenizer, also for one version of transformers or of mistral-common',
    maxBytes: 64 * MIB,
    names: ['tokenizer.json', 'tekken.json'],
    pattern: /^tokenizer\.\w[\w.-]{0,40}\.json$/,
  },
  {
    what: "a tokenizer's class, special tokens and settings",
    maxBytes: 16 * MIB,
    names: ['tokenizer_config.json', 'special_tokens_map.json', 'added_tokens.json', 'normalizer.json'],
  },
  {
    what: 'vocabularies and merges',
    maxBytes: 32 * MIB,
    names: [
      ...['vocab.json', 'merges.txt', 'vocab.txt', 'bpe.codes', 'dict.txt', 'prophetnet.tokenizer'],
      ...['vocab-src.json', 'vocab-tgt.json', 'target_vocab.json', 'entity_vocab.json', 'byte_maps.json'],
      ...['word_shape.json', 'word_pronunciation.json', 'emoji.json'],
    ],
    pattern: /^\w[\w-]{0,80}\.tiktoken$/,
  },
  {
    what: 'models of SentencePiece and tiktoken',
    maxBytes: 32 * MIB,
    names: [
      ...['tokenizer.model', 'spiece.model', 'sentencepiece.bpe.model', 'sentencepiece.model', 'spm.model'],
      ...['spm_char.model', 'tiktoken.model', 'source.spm', 'target.spm'],
    ],
    pattern: /^tokenizer\.model\.v\w{1,20}$/,
  },
  {
    what: 'how a conversation becomes a prompt',
    maxBytes: 8 * MIB,
    names: ['chat_template.jinja', 'chat_template.json'],
  },
  {
    what: 'how images, sound and video become inputs',
    maxBytes: 8 * MIB,
    names: [
      ...['preprocessor_config.json', 'processor_config.json'],
      ...['video_preprocessor_config.json', 'audio_tokenizer_config.json'],
    ],
  },
  {
    what: 'the terms under which the files above may be copied',
    maxBytes: 8 * MIB,
    names: ['LICENSE', 'LICENSE.txt', 'LICENSE.md', 'NOTICE', 'NOTICE.txt', 'NOTICE.md'],
  },
];

/** What a server that does not list its files is asked for. */
export const COMPANION_NAMES: readonly string[] = COMPANION_KINDS.flatMap(({ names }) => names);

/** The most bytes that a companion file of this name may have; undefined if it is none. */
export const mostBytesOf = (name: string): number | undefined => kindOf(name)?.maxBytes;

const kindOf = (name: string): CompanionKind | undefined =>
  COMPANION_KINDS.find(({ names, pattern }) => names.includes(name) || pattern?.test(name));

/** The companion files among some names, in the order of the table, then of the names. */
export function chooseCompanions(names: readonly string[]): readonly string[] {
  const present = new Set(names);
  return COMPANION_KINDS.flatMap(({ names: listed, pattern }) => [
    ...listed.filter((name) => present.has(name)),
    ...[...present].filter((name) => pattern?.test(name)).sort(),
  ]);
}
