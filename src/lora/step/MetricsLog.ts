import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { reasonOf } from '../../files/reasonOf.js'

/** A line of metrics.jsonl that tells of an optimiser step. */
export interface StepMetrics {
  /** 1-based. */
  readonly step: number
  readonly epoch: number
  /** Mean over the labelled tokens of the step's batch, in nats, before the step. */
  readonly loss: number
  readonly learningRate: number
  /** Before clipping. */
  readonly gradientNorm: number
  /** Read so far, prompts included, padding not. */
  readonly tokens: number
  /** Of this step alone. */
  readonly tokensPerSecond: number
  /** Spent on the steps so far. */
  readonly seconds: number
  /** Resident memory of the process. */
  readonly memoryBytes: number
}

/** A line of metrics.jsonl that tells of the held-out records, evaluated after a step; step 0 is the untrained adapter. */
export interface EvaluationMetrics {
  readonly step: number
  readonly epoch: number
  /** Mean over the labelled tokens of the held-out records, in nats. */
  readonly evalLoss: number
  readonly seconds: number
  readonly memoryBytes: number
}

export type Metrics = StepMetrics | EvaluationMetrics

/** The name inside an adapter folder. */
export const metricsName = 'metrics.jsonl'

/**
 * metrics.jsonl while training runs: a line is in the file as soon as it is appended, so that `tail -f` follows it and a
 * killed process loses at most the line that it was writing. Each line is whole or not there.
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
   * Starts a file anew, or continues one behind the step that a checkpoint was taken at: what a run wrote after its last
   * checkpoint happens again, and is not told twice.
   *
   * @param behind the step of the checkpoint; the file is emptied without one
   * @throws OL1901 when it cannot be written
   */
  static open(path: string, behind?: number): MetricsLog {
    try {
      const file = openSync(path, behind === undefined ? 'w' : 'a+')
      const lines = behind === undefined ? [] : readMetrics(path, behind)
      const length = Buffer.byteLength(linesOf(lines))
      ftruncateSync(file, length)
      return new MetricsLog(path, file, lines, length)
    } catch (cause) {
      throw new OpenLedgerError('OL1901', { path, reason: reasonOf(cause) }, { cause })
    }
  }

  /** All lines so far, those before a resumption included. */
  get lines(): readonly Metrics[] {
    return this.#lines
  }

  /** @throws OL1901 when it cannot be written; the file then ends with the line before */
  append(line: Metrics): void {
    const bytes = Buffer.from(linesOf([line]))
    try {
      // A full disk takes a part of the bytes and tells so only by their number.
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

/** The file's text. */
export const linesOf = (lines: readonly Metrics[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join('')

/** The lines at the beginning of the file up to a step; what a kill or a power cut left of a line ends them. */
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
