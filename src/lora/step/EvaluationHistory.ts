import type { Metrics } from './MetricsLog.js'

/** The loss of the held-out records after a step; step 0 is the untrained adapter. */
export interface EvaluatedStep {
  readonly step: number
  readonly loss: number
}

/** The evaluations of a run, in their order. */
export class EvaluationHistory {
  readonly #steps: EvaluatedStep[]

  /** @param metrics the metrics of the steps before, in a run that is resumed */
  constructor(metrics: readonly Metrics[] = []) {
    this.#steps = metrics.flatMap((line) => ('evalLoss' in line ? [{ step: line.step, loss: line.evalLoss }] : []))
  }

  add(evaluated: EvaluatedStep): void {
    this.#steps.push(evaluated)
  }

  get first(): EvaluatedStep | undefined {
    return this.#steps[0]
  }

  get last(): EvaluatedStep | undefined {
    return this.#steps.at(-1)
  }

  /** The lowest loss that training reached, the earliest where several did; the untrained adapter does not count. */
  get best(): EvaluatedStep | undefined {
    const trained = this.#steps.filter(({ step }) => step > 0)
    return trained.reduce<EvaluatedStep | undefined>(
      (best, each) => (best && best.loss <= each.loss ? best : each),
      undefined,
    )
  }

  /** Whether as many evaluations as patience allows have passed since the best one. */
  isOverdue(patience: number | undefined): boolean {
    const { best } = this
    if (patience === undefined || best === undefined) return false
    return this.#steps.filter(({ step }) => step > best.step).length >= patience
  }
}
