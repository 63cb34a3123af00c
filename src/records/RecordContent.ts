/** A turn of a conversation. */
export interface Message {
  readonly role: string
  readonly content: string
  /** Further fields that a chat template may use: `tool_calls`, `name`, `reasoning_content`. */
  readonly [field: string]: unknown
}

/** A function that the model may call, as the chat template takes it. */
export type Tool = Readonly<Record<string, unknown>>

/** A task of Stanford Alpaca's form (https://github.com/tatsu-lab/stanford_alpaca), with LLaMA-Factory's further fields. */
export interface Alpaca {
  readonly instruction: string
  readonly input?: string | undefined
  readonly output: string
  readonly system?: string | undefined
  /** Earlier questions and answers. */
  readonly history?: readonly (readonly [string, string])[] | undefined
}

/** The part of a record that is trained on. */
export type RecordContent =
  | { readonly text: string }
  | { readonly prompt: string; readonly completion: string }
  | {
      readonly prompt: readonly Message[]
      readonly completion: readonly Message[]
      readonly tools?: readonly Tool[] | undefined
    }
  | { readonly messages: readonly Message[]; readonly tools?: readonly Tool[] | undefined }
  | Alpaca
