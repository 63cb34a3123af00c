import type { FolderFiles } from '../files/writeFolderAtomic.js'
import type { BpeModel } from './trainByteLevelBpe.js'

/** The first tokens of the vocabulary; the id of each is its index in {@link specialTokenList}. */
export interface SpecialTokens {
  readonly padding: string
  readonly begin: string
  readonly end: string
  /** Tokens that open the turns of a conversation. */
  readonly turns: readonly string[]
}

export const specialTokenList = ({ padding, begin, end, turns }: SpecialTokens): string[] => [
  padding,
  begin,
  end,
  ...turns,
]

export interface TokenizerOptions {
  readonly special: SpecialTokens
  /** The chat template, in Jinja. */
  readonly chatTemplate: string
  readonly maximumLength: number
}

/** The files of a trained tokenizer in a Hugging Face folder. The tokenizer puts the begin token before a whole text. */
export function tokenizerFiles(
  { vocabulary, merges }: BpeModel,
  { special, chatTemplate, maximumLength }: TokenizerOptions,
): FolderFiles {
  const content = specialTokenList(special)
  const begin = (type: 0 | 1) => ({ SpecialToken: { id: special.begin, type_id: type } })
  const text = (id: 'A' | 'B', type: 0 | 1) => ({ Sequence: { id, type_id: type } })
  const tokenizer = {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: content.map((token, id) => ({
      id,
      content: token,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
    post_processor: {
      type: 'TemplateProcessing',
      single: [begin(0), text('A', 0)],
      pair: [begin(0), text('A', 0), begin(1), text('B', 1)],
      special_tokens: {
        [special.begin]: { id: special.begin, ids: [vocabulary.get(special.begin)], tokens: [special.begin] },
      },
    },
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(vocabulary),
      merges,
    },
  }
  return {
    'tokenizer.json': JSON.stringify(tokenizer),
    'tokenizer_config.json': prettyJson({
      backend: 'tokenizers',
      bos_token: special.begin,
      eos_token: special.end,
      model_max_length: maximumLength,
      pad_token: special.padding,
      tokenizer_class: 'TokenizersBackend',
    }),
    'chat_template.jinja': chatTemplate,
  }
}

export const prettyJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`
