import { Tokenizer } from '@huggingface/tokenizers'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { reasonOf } from '../../files/reasonOf.js'
import type { Message } from '../../records/RecordContent.js'
import { type ChatFiles, readChatFiles, tokenizerFileNames } from './chatFiles.js'
import { ChatTemplate } from './jinja/ChatTemplate.js'
import { keepByteOrderMarks } from './keepByteOrderMarks.js'
import { portableTokenizer } from './portableTokenizer.js'

/**
 * A model's tokenizer with its chat template, both read from the model folder.
 *
 * @example
 * const tokenizer = await ChatTokenizer.open('base-model')
 * tokenizer.encode('The tide', { special: true }) // ids
 */
export class ChatTokenizer {
  readonly endToken: number | undefined
  /** The text of the end token. */
  readonly endText: string | undefined
  readonly hasTemplate: boolean
  readonly #path: string
  readonly #tokenizer: Tokenizer
  readonly #templates: ReadonlyMap<string, ChatTemplate>
  readonly #tokens: Readonly<Record<string, string>>
  #prefixes: boolean | undefined

  private constructor(path: string, { definition, config, tokens, templates }: ChatFiles) {
    this.#path = path
    // Otherwise the library would remove spaces before punctuation from every decoded text.
    this.#tokenizer = new Tokenizer(portableTokenizer(definition), { ...config, clean_up_tokenization_spaces: false })
    keepByteOrderMarks(this.#tokenizer.decoder)
    this.#templates = new Map(Array.from(templates, ([name, source]) => [name, new ChatTemplate(source)]))
    this.#tokens = Object.fromEntries(tokens)
    this.endText = tokens.get('eos_token')
    this.endToken = this.endText === undefined ? undefined : this.#tokenizer.token_to_id(this.endText)
    this.hasTemplate = this.#templates.size > 0
  }

  /**
   * Reads tokenizer.json, tokenizer_config.json and, if they are separate files, the chat templates.
   *
   * @throws OL1306 when a file is missing or malformed
   */
  static async open(folder: string): Promise<ChatTokenizer> {
    try {
      return new ChatTokenizer(folder, await readChatFiles(folder))
    } catch (cause) {
      throw new OpenLedgerError('OL1306', { path: folder, reason: reasonOf(cause) }, { cause })
    }
  }

  /** The names of the files in a model folder that define how text is tokenized. */
  static files(folder: string): Promise<string[]> {
    return tokenizerFileNames(folder)
  }

  /** Token ids of a text; `special` adds the tokens that the tokenizer puts around a whole text, such as begin of sequence. */
  encode(text: string, { special = false } = {}): number[] {
    return this.#tokenizer.encode(text, { add_special_tokens: special }).ids
  }

  /**
   * Token ids of a text that continues another; no token straddles the border. Some tokenizers (Llama 2, Mistral) prepend a
   * space to every text; a continuation gets none.
   */
  encodeContinuation(before: string, text: string): number[] {
    // The ids are compared, not their number: the space and the letter may be one token.
    this.#prefixes ??= this.encode('\na').join() !== [...this.encode('\n'), ...this.encode('a')].join()
    const apart = this.encode(text)
    if (!this.#prefixes) return apart
    const [first, both] = [this.encode(before), this.encode(before + text)]
    return first.every((id, i) => id === both[i]) ? both.slice(first.length) : apart
  }

  /** The text of token ids, without special tokens. */
  decode(ids: readonly number[]): string {
    return ids.length === 0 ? '' : this.#tokenizer.decode([...ids], { skip_special_tokens: true })
  }

  /** The text that each token adds, special tokens included; empty for a token that only begins a character. */
  spell(ids: readonly number[]): string[] {
    const text = (from: number, to: number): string =>
      this.#tokenizer.decode(ids.slice(from, to), { skip_special_tokens: false })
    return ids.map((_, t) => {
      // Spaces, and characters of several tokens, depend on a few tokens before.
      const from = Math.max(0, t - 8)
      const before = from === t ? '' : text(from, t)
      const after = text(from, t + 1)
      const known = before.replace(/\ufffd+$/, '')
      return after.endsWith('\ufffd') ? '' : after.slice(known.length)
    })
  }

  /** The number of ids the tokenizer can produce: one more than its highest. */
  get vocabularySize(): number {
    let highest = -1
    for (const id of this.#tokenizer.get_vocab(true).values()) if (id > highest) highest = id
    return highest + 1
  }

  /**
   * Renders a conversation with the model's chat template.
   *
   * @throws OL1307 when there is no template, or it refuses the messages
   */
  render(
    messages: readonly Message[],
    { generationPrompt = false, tools }: { generationPrompt?: boolean; tools?: readonly object[] | undefined } = {},
  ): string {
    const refuse = (reason: string, cause?: unknown): never => {
      throw new OpenLedgerError('OL1307', { path: this.#path, reason }, { cause })
    }
    if (!this.hasTemplate) refuse('the model has no chat template')
    const template = (tools && this.#templates.get('tool_use')) ?? this.#templates.get('default')
    if (template === undefined) {
      const names = [...this.#templates.keys()].join(', ')
      return refuse(`it has several (${names}) and none of them is named default`)
    }
    try {
      // As in transformers' apply_chat_template: a missing option is None, a special token without a value is undefined.
      return template.render({
        ...this.#tokens,
        messages,
        tools: tools ?? null,
        documents: null,
        add_generation_prompt: generationPrompt,
      })
    } catch (cause) {
      return refuse(reasonOf(cause), cause)
    }
  }
}
