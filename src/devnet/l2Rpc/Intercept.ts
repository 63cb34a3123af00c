/**
 * Answers a request body instead of the node.
 *
 * @returns `undefined` when the node must answer the body
 */
export type Intercept = (upstream: string, body: Buffer) => Promise<string> | undefined
