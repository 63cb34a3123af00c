import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Template } from '@huggingface/jinja'
import { Tokenizer } from '@huggingface/tokenizers'
import { z } from 'zod'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { readText } from '../files/readText.js'
import { reasonOf } from '../files/reasonOf.js'
import { readModelJson } from './readModelJson.js'

export interface Message {
  readonly role: string
  readonly content: string
  /** Whatever else a template may take: `tool_calls`, `name`, `reasoning_content`. */
  readonly [field: string]: unknown
}

const tokenText = z.union([z.string(), z.object({ content: z.string() }).transform(({ content }) => content)]).nullish()
const named = z.array(z.object({ name: z.string(), template: z.string() }))
const template = z.union([
  z.string(),
  // Models with several templates name them; the one for conversations is the default.
  named.transform((templates) => templates.find(({ name }) => name === 'default')?.template),
])
const configSchema = z.looseObject({ chat_template: template.nullish(), bos_token: tokenText, eos_token: tokenText })

const required = 'tokenizer.json'
const optional = ['tokenizer_config.json', 'chat_template.jinja'] as const

/**
 * A model's tokenizer with its chat template, both read from the model folder.
 *
 * @example
 * const tokenizer = await ChatTokenizer.open('base-model')
 * tokenizer.encode('The tide', { special: true }) // ids
 */
export class ChatTokenizer {
  readonly endToken: number | undefined
  readonly hasTemplate: boolean
  readonly #path: string
  readonly #tokenizer: Tokenizer
  readonly #template: Template | undefined
  readonly #tokens: Readonly<Record<string, string>>
  #prefixes: boolean | undefined

  private constructor(
    path: string,
    tokenizer: Tokenizer,
    template: Template | undefined,
    tokens: { readonly bos_token: string | undefined; readonly eos_token: string | undefined },
  ) {
    this.#path = path
    this.#tokenizer = tokenizer
    this.#template = template
    this.#tokens = { bos_token: tokens.bos_token ?? '', eos_token: tokens.eos_token ?? '' }
    this.endToken = tokens.eos_token === undefined ? undefined : tokenizer.token_to_id(tokens.eos_token)
    this.hasTemplate = template !== undefined
  }

  /**
   * Reads tokenizer.json, tokenizer_config.json and, where it is a file of its own, chat_template.jinja.
   *
   * @throws OL1306 when a file is missing or malformed
   */
  static async open(folder: string): Promise<ChatTokenizer> {
    try {
      const there = await ChatTokenizer.files(folder)
      const definition = (await readModelJson(join(folder, required))) as object
      const config = configSchema.parse(
        there.includes(optional[0]) ? await readModelJson(join(folder, optional[0])) : {},
      )
      const source = there.includes(optional[1]) ? await readText(join(folder, optional[1])) : config.chat_template
      return new ChatTokenizer(
        folder,
        // The library would else take the spaces before punctuation out of every decoded text.
        new Tokenizer(definition, { clean_up_tokenization_spaces: false, ...config }),
        source == null ? undefined : new Template(source),
        { bos_token: config.bos_token ?? undefined, eos_token: config.eos_token ?? undefined },
      )
    } catch (cause) {
      throw new OpenLedgerError('OL1306', { path: folder, reason: reasonOf(cause) }, { cause })
    }
  }

  /** The files of a model folder that decide how text is read, by name: those that are there. */
  static async files(folder: string): Promise<string[]> {
    const entries = await readdir(folder)
    return [required, ...optional.filter((name) => entries.includes(name))]
  }

  /** Token ids of a text; `special` adds the tokens that the tokenizer puts around a whole text (begin of sequence). */
  encode(text: string, { special = false } = {}): number[] {
    return this.#tokenizer.encode(text, { add_special_tokens: special }).ids
  }

  /**
   * Token ids of a text that goes on behind another, no token across the border. Some tokenizers (Llama 2, Mistral) put a
   * space in front of whatever they are given; a text that continues gets none.
   */
  encodeBehind(before: string, text: string): number[] {
    this.#prefixes ??= this.encode('\na').length !== this.encode('\n').length + this.encode('a').length
    const apart = this.encode(text)
    if (!this.#prefixes) return apart
    const [first, both] = [this.encode(before), this.encode(before + text)]
    return first.every((id, i) => id === both[i]) ? both.slice(first.length) : apart
  }

  /** The text of token ids, special tokens left out. */
  decode(ids: readonly number[]): string {
    return ids.length === 0 ? '' : this.#tokenizer.decode([...ids], { skip_special_tokens: true })
  }

  /** The text that each token adds, special tokens written out; nothing for one that only begins a character. */
  spell(ids: readonly number[]): string[] {
    const text = (from: number, to: number): string =>
      this.#tokenizer.decode(ids.slice(from, to), { skip_special_tokens: false })
    return ids.map((_, t) => {
      // A few tokens before decide on spaces and on characters of several tokens.
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
   * Renders a conversation by the model's own template.
   *
   * @throws OL1307 when there is no template, or it refuses the messages
   */
  render(
    messages: readonly Message[],
    { generationPrompt = false, tools }: { generationPrompt?: boolean; tools?: readonly object[] | undefined } = {},
  ): string {
    if (this.#template === undefined)
      throw new OpenLedgerError('OL1307', { path: this.#path, reason: 'the model has no chat template' })
    try {
      return this.#template.render({
        messages,
        add_generation_prompt: generationPrompt,
        ...(tools && { tools }),
        ...this.#tokens,
      })
    } catch (cause) {
      throw new OpenLedgerError('OL1307', { path: this.#path, reason: reasonOf(cause) }, { cause })
    }
  }
}
