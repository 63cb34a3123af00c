import { canonicalJson } from '../../files/canonicalJson.js'
import type { AttributeReturnType } from './Attribution.js'

/** Serializes the results as JSON Lines in canonical JSON, one line per question. */
export const attributionLines = ({ scorer, attributions }: AttributeReturnType): string =>
  attributions
    .map(({ question, ...rest }) => {
      const { line, prompt, extra } = question
      return `${canonicalJson({ ...extra, ...(typeof prompt === 'string' ? { prompt } : { messages: prompt }), line, scorer, ...rest })}\n`
    })
    .join('')
