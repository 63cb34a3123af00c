/** Sends a request body to a node unchanged and returns the body of the answer. */
export async function postBody(url: string, body: Buffer): Promise<string> {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(url, { method: 'POST', headers, body: new Uint8Array(body) })
  return answer.text()
}
