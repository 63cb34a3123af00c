/**
 * Answers a request body in the node's place.
 *
 * @returns `undefined` when the body is for the node alone
 */
export type Intercept = (upstream: string, body: Buffer) => Promise<string> | undefined
