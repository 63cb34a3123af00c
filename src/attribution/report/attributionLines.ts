import { canonicalJson } from '../../files/canonicalJson.js'
import type { AttributeReturnType } from './Attribution.js'

/** The results as JSON Lines, one line a question, canonical JSON. */
export const attributionLines = ({ scorer, attributions }: AttributeReturnType): string =>
  attributions
    .map(({ question, ...rest }) => {
      const { line, prompt, extra } = question
      return `${canonicalJson({ ...extra, ...(typeof prompt === 'string' ? { prompt } : { messages: prompt }), line, scorer, ...rest })}\n`
    })
    .join('')
