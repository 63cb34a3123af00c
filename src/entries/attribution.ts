/** Tracing answers back to training records: `import { attribute } from 'openledger/attribution'`. */

export type { Question } from '../attribution/ask/questions.js'
export { type AttributeParameters, attribute } from '../attribution/attribute.js'
export {
  type LinearDatamodelingScore,
  linearDatamodelingScore,
} from '../attribution/evaluate/linearDatamodelingScore.js'
export type { GradientBlock, GradientMatrix, ScoreMatrix } from '../attribution/gradients/GradientMatrix.js'
export {
  type SequenceGradients,
  type SequenceGradientsOptions,
  sequenceGradients,
} from '../attribution/gradients/sequenceGradients.js'
export type { OpenTrainedParameters } from '../attribution/index/openTrained.js'
export type { AttributeReturnType, Attribution, RecordInfluence } from '../attribution/report/Attribution.js'
export { meanShares } from '../attribution/report/meanShares.js'
export type { Scorer, ScorerOptions } from '../attribution/scorers/Scorer.js'
export { scorerNamed, scorers } from '../attribution/scorers/scorers.js'
export { type OrderedRecord, recordOriginals } from '../attribution/shares/recordOriginals.js'
export { attributionShares, type ContributorShare, type ShareInput, type Shares } from '../attribution/shares/shares.js'
export type { AttributedSpan } from '../attribution/spans/answerSpans.js'
export { type Bm25Options, bm25, type LexicalScorer } from '../attribution/spans/bm25.js'
export { SuffixArray, type SuffixRange } from '../attribution/spans/SuffixArray.js'
export { maximalSpans, type Span, type SpanOptions } from '../attribution/spans/spans.js'
export { passagesOf } from '../records/recordTexts.js'
export { originalsOf } from '../text/originals.js'
export type { Passage } from '../text/Passage.js'
export * from './errors.js'
export type * from './models.js'
