import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

export const commit = '0123456789abcdef0123456789abcdef01234567'

/** What goes wrong, and with which file. */
export interface Faults {
  /** Status of every answer about the model, with the reason in its body. */
  status?: number
  /** Connections that are cut after so many bytes, one after the other, once the client has reported them. */
  cut?: { file: string; after: number; times: number; reported: () => number }
  /** A file of which one byte is sent wrong. */
  damaged?: string
  /** A file that the list says is longer than it is. */
  longer?: string
  /** Files that the model has not. */
  without?: readonly string[]
}

/** Answers the three questions that are asked of the Hugging Face Hub, for one model. */
export class FakeHub {
  readonly faults: Faults = {}
  /** What was asked: `GET /tiny/model/resolve/<commit>/config.json bytes=0-0`. */
  readonly asked: string[] = []
  /** The token of the last question. */
  authorization: string | undefined
  readonly #folder: string
  readonly #id: string
  readonly #server: Server

  private constructor(id: string, folder: string) {
    this.#id = id
    this.#folder = folder
    this.#server = createServer((request, response) => this.#answer(request, response))
  }

  static async start(id: string, folder: string): Promise<FakeHub> {
    const hub = new FakeHub(id, folder)
    await new Promise<void>((resolve) => hub.#server.listen(0, '127.0.0.1', resolve))
    return hub
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections()
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }

  /** Forgets faults and questions. */
  reset(): void {
    for (const name of Object.keys(this.faults)) delete this.faults[name as keyof Faults]
    this.asked.length = 0
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { range, authorization } = request.headers
    const { pathname, searchParams } = new URL(request.url as string, 'http://hub')
    this.asked.push(`${pathname}${range === undefined ? '' : ` ${range}`}`)
    this.authorization = authorization
    const json = (value: unknown, status = 200): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
    }
    const [, revision] = pathname.match(`^/api/models/${this.#id}/revision/(.+)$`) ?? []
    const [, file] = pathname.match(`^/${this.#id}/resolve/${commit}/(.+)$`) ?? []
    if (this.faults.status !== undefined) json({ error: 'the hub says no' }, this.faults.status)
    else if (revision !== undefined && ['main', 'v1', commit].includes(revision))
      json({ _id: 'x', id: this.#id, sha: commit, lastModified: '2026-01-01' })
    else if (revision !== undefined) json({ error: `Invalid rev id: ${revision}` }, 404)
    else if (pathname === `/api/models/${this.#id}/tree/${commit}`)
      json(this.#list(searchParams.get('recursive') === 'true'))
    else if (file !== undefined) this.#send(file, range, response)
    else json({ error: 'Repository not found' }, 404)
  }

  #list(recursive: boolean): object[] {
    const names = readdirSync(this.#folder, { recursive, encoding: 'utf8' })
    return names.flatMap((path) => {
      if (this.faults.without?.includes(path)) return []
      if (statSync(join(this.#folder, path)).isDirectory()) return { type: 'directory', path, size: 0, oid: '0' }
      const bytes = readFileSync(join(this.#folder, path))
      const size = bytes.length + (this.faults.longer === path ? 7 : 0)
      const oid = createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex')
      const lfs = { oid: createHash('sha256').update(bytes).digest('hex'), size, pointerSize: 130 }
      return { type: 'file', path, size, oid, ...(path.endsWith('.safetensors') && { lfs }) }
    })
  }

  #send(name: string, range: string | undefined, response: ServerResponse): void {
    const bytes = readFileSync(join(this.#folder, name))
    if (this.faults.damaged === name) bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1
    const [, from = '0', to = ''] = range?.match(/^bytes=(\d+)-(\d*)$/) ?? []
    const part = bytes.subarray(Number(from), to === '' ? undefined : Number(to) + 1)
    const headers = { etag: '"x"', 'content-length': part.length, 'accept-ranges': 'bytes' }
    if (range === undefined) response.writeHead(200, headers)
    else
      response.writeHead(206, {
        ...headers,
        'content-range': `bytes ${from}-${Number(from) + part.length - 1}/${bytes.length}`,
      })
    const { cut } = this.faults
    if (cut?.file === name && range !== 'bytes=0-0' && cut.times > 0) {
      cut.times--
      const goal = Number(from) + cut.after
      response.write(part.subarray(0, cut.after))
      // What has not been read when a connection breaks is lost, and how much that is depends on the load of the machine.
      const whenReported = (): void => {
        if (cut.reported() >= goal) response.destroy()
        else setTimeout(whenReported, 5)
      }
      whenReported()
    } else response.end(part)
  }
}
