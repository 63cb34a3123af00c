import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { reasonOf } from '../../files/reasonOf.js'

/** A line of metrics.jsonl about an optimizer step. */
export interface StepMetrics {
  /** 1-based. */
  readonly step: number
  readonly epoch: number
  /** Mean over the labelled tokens of the step's batch, in nats, before the step. */
  readonly loss: number
  readonly learningRate: number
  /** Norm of the gradient before clipping. */
  readonly gradientNorm: number
  /** Tokens read so far, with prompts but without padding. */
  readonly tokens: number
  /** Tokens per second of this step. */
  readonly tokensPerSecond: number
  /** Seconds spent on steps so far. */
  readonly seconds: number
  /** Resident memory of the process. */
  readonly memoryBytes: number
}

/** A line of metrics.jsonl about an evaluation on held-out records after a step; step 0 is the untrained adapter. */
export interface EvaluationMetrics {
  readonly step: number
  readonly epoch: number
  /** Mean over the labelled tokens of the held-out records, in nats. */
  readonly evalLoss: number
  readonly seconds: number
  readonly memoryBytes: number
}

export type Metrics = StepMetrics | EvaluationMetrics

/** The file's name inside an adapter folder. */
export const metricsName = 'metrics.jsonl'

/**
 * Writes metrics.jsonl during training. Each line is written immediately, so `tail -f` can follow it, and a killed process loses
 * at most the line that it was writing. The file contains complete lines only.
 */
export class MetricsLog {
  readonly path: string
  readonly #file: number
  readonly #lines: Metrics[]
  #length: number

  private constructor(path: string, file: number, lines: Metrics[], length: number) {
    this.path = path
    this.#file = file
    this.#lines = lines
    this.#length = length
  }

  /**
   * Starts a new file, or continues one after the step of a checkpoint: later lines are dropped, because those steps run again.
   *
   * @param resumeStep the step of the checkpoint; without one the file is emptied
   * @throws OL1901 when it cannot be written
   */
  static open(path: string, resumeStep?: number): MetricsLog {
    try {
      const file = openSync(path, resumeStep === undefined ? 'w' : 'a+')
      const lines = resumeStep === undefined ? [] : readMetrics(path, resumeStep)
      const length = Buffer.byteLength(linesOf(lines))
      ftruncateSync(file, length)
      return new MetricsLog(path, file, lines, length)
    } catch (cause) {
      throw new OpenLedgerError('OL1901', { path, reason: reasonOf(cause) }, { cause })
    }
  }

  /** All lines so far, including those from before a resumption. */
  get lines(): readonly Metrics[] {
    return this.#lines
  }

  /** @throws OL1901 when the line cannot be written; the file then ends with the previous line */
  append(line: Metrics): void {
    const bytes = Buffer.from(linesOf([line]))
    try {
      // A full disk accepts only part of the bytes, and reports it only by their number.
      for (let written = 0; written < bytes.length; ) written += writeSync(this.#file, bytes, written)
    } catch (cause) {
      ftruncateSync(this.#file, this.#length)
      throw new OpenLedgerError('OL1901', { path: this.path, reason: reasonOf(cause) }, { cause })
    }
    this.#length += bytes.length
    this.#lines.push(line)
  }

  close(): void {
    closeSync(this.#file)
  }
}

/** Serializes lines as the text of the file. */
export const linesOf = (lines: readonly Metrics[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join('')

/** The lines of the file up to a step; reading stops at a line that a kill or a power cut left incomplete. */
export function readMetrics(path: string, last: number): Metrics[] {
  const lines: Metrics[] = []
  for (const text of readFileSync(path, 'utf8').split('\n').slice(0, -1)) {
    const line = parsed(text)
    if (line === undefined || line.step > last) break
    lines.push(line)
  }
  return lines
}

function parsed(text: string): Metrics | undefined {
  try {
    return JSON.parse(text) as Metrics
  } catch {
    return undefined
  }
}
