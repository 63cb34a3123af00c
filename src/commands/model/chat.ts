import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { type Answer, TextGenerator } from '../../models/run/TextGenerator.js'
import type { Quantization } from '../../models/weights/precision.js'
import type { Device } from '../../onnx/graph/RunDevice.js'
import type { Message } from '../../records/RecordContent.js'
import { readTurns, type Turns } from '../../terminal/readTurns.js'
import { type AdapterInput, adapterChoice } from '../shared/adapterChoice.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { chooseBase } from '../shared/chooseBase.js'
import { type SamplingInput, samplingOf } from './sampling.js'
import { trimmedParts } from './trimmedParts.js'

interface Input extends SamplingInput, AdapterInput {
  readonly base: string | undefined
  readonly revision: string | undefined
  readonly system: string | undefined
  readonly device: Device
  readonly quantize: Quantization | undefined
}

const help = [
  '/system <text>  tell the model how to behave, and start again; without a text: no longer',
  '/reset          forget the conversation',
  '/exit           leave; Ctrl-D does too',
  'Ctrl-C          stop the answer; at the prompt twice: leave',
].join('\n')

/** `openledger model chat`: a conversation on a terminal, or one turn a line from a pipe. */
export async function run(context: CommandContext, input: Input): Promise<void> {
  const { output, stdin, signal, stderr, onExit } = context
  const { device, quantize } = input
  const model = await TextGenerator.open({
    base: await chooseBase(context, input),
    device,
    ...adapterChoice(context, input),
    ...(quantize !== undefined && { quantize }),
  })
  const turns = readTurns({ stdin, stderr })
  onExit(turns.close)
  signal.addEventListener('abort', turns.close)
  try {
    const answers = await new Chat(context, model, turns, input).talk()
    signal.throwIfAborted()
    output.result({ turns: answers }, () => '')
  } finally {
    turns.close()
    await model.dispose()
  }
}

interface Turn extends Answer {
  readonly prompt: string
}

class Chat {
  readonly #context: CommandContext
  readonly #model: TextGenerator
  readonly #turns: Turns
  readonly #input: Input
  readonly #answers: Turn[] = []
  #messages: Message[] = []
  /** Stops the answer that is being written. */
  #answering: AbortController | undefined
  /** Ctrl-C was the last that came from the keyboard. */
  #leaving = false
  #left = false

  constructor(context: CommandContext, model: TextGenerator, turns: Turns, input: Input) {
    this.#context = context
    this.#model = model
    this.#turns = turns
    this.#input = input
    this.#begin(input.system)
    turns.onInterrupt(() => this.#interrupt())
  }

  async talk(): Promise<Turn[]> {
    const { output } = this.#context
    if (this.#turns.interactive) output.note('/help shows the commands, /exit or Ctrl-D leaves.')
    for (;;) {
      const line = await this.#turns.next('> ')
      if (this.#left) throw new OpenLedgerError('OL1010', { signal: 'SIGINT' })
      if (line === undefined || line.trim() === '/exit') break
      this.#leaving = false
      if (line.trim() === '') continue
      if (this.#turns.interactive && line.startsWith('/')) this.#command(line.trim())
      else await this.#answer(line)
    }
    // Ctrl-D leaves the cursor after the prompt.
    if (this.#turns.interactive) output.note('')
    return this.#answers
  }

  #begin(system: string | undefined): void {
    this.#messages = system === undefined ? [] : [{ role: 'system', content: system }]
  }

  #command(line: string): void {
    const { output } = this.#context
    const [word, ...rest] = line.split(/\s+/)
    if (word === '/help') output.note(help)
    else if (word === '/reset') {
      this.#begin(this.#messages.find(({ role }) => role === 'system')?.content)
      output.note('The conversation is forgotten.')
    } else if (word === '/system') {
      this.#begin(rest.length === 0 ? undefined : rest.join(' '))
      output.note(rest.length === 0 ? 'The model has no instructions now.' : 'The conversation starts again.')
    } else output.warn(`There is no command ${word}; /help shows those there are.`)
  }

  async #answer(prompt: string): Promise<void> {
    const { output, signal } = this.#context
    const messages = [...this.#messages, { role: 'user', content: prompt }]
    this.#answering = new AbortController()
    let said = ''
    const show = trimmedParts(output.part)
    try {
      const answer = await this.#model.answer(messages, {
        ...samplingOf(this.#input),
        signal: AbortSignal.any([signal, this.#answering.signal]),
        resume: true,
        onText(added) {
          said += added
          show(added)
        },
      })
      said = answer.text
      this.#answers.push({ prompt, ...answer })
    } catch (error) {
      if (this.#answering.signal.aborted) output.note(' (stopped)')
      // A conversation that has grown too long is no reason to lose it, while somebody is there to shorten it.
      else if (this.#turns.interactive && OpenLedgerError.is(error)) {
        output.error(error)
        return
      } else throw error
    } finally {
      this.#answering = undefined
    }
    output.part('\n')
    // A question that was taken back before anything was said is none.
    if (said.trim() !== '') this.#messages = [...messages, { role: 'assistant', content: said.trim() }]
  }

  #interrupt(): void {
    const { output } = this.#context
    if (this.#answering) {
      this.#answering.abort()
      return
    }
    if (this.#leaving) {
      this.#left = true
      this.#turns.close()
      return
    }
    this.#leaving = true
    output.note('\nCtrl-C again or /exit leaves.')
    this.#turns.again()
  }
}
