/** A stretch of a record's text: one turn of a conversation, a prompt, a completion. */
export interface Passage {
  readonly text: string
  /** Whether the model is trained to say it, rather than given it to answer. */
  readonly learned: boolean
}
