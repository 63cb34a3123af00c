import { z } from 'zod'
import { reasonOf } from '../../files/reasonOf.js'
import type { Activity } from './Activity.js'
import { RpcError, rpc, rpcBatch } from './rpc.js'

const transactionSchema = z.looseObject({
  hash: z.string(),
  nonce: z.string(),
  type: z.string().default('0x0'),
  r: z.string().default('0x0'),
})
const contentSchema = z.object({ queued: z.record(z.string(), z.record(z.string(), transactionSchema)) })
type QueuedTransaction = z.infer<typeof transactionSchema>

export interface QueuePromoterOptions {
  readonly rpcUrls: readonly string[]
  /** Shared with what serves the layers to clients; without it every look is made. */
  readonly activity?: Activity
  /** Told of what was sent again, one line each. */
  readonly log?: (line: string) => void
}

const lookMilliseconds = 200
/** One look in so many is made while nothing happens. */
const idleLooks = 50

/** Anvil gives the bytes of a blob transaction without its blobs, so it could not be sent again. */
const blobType = '0x3'

/**
 * Fixes a race in anvil (seen in 1.7.1): a transaction that comes in while the one before it is being mined is sometimes
 * put into the queue, to wait for a nonce that is mined already, and stays there for good with all that follow it. Geth
 * calls what is missing promotion: a queued transaction whose nonce is the account's next one is executable. What is found
 * so in two looks in a row is taken out of the pool and sent again, with the same bytes and so the same hash.
 *
 * @example
 * const promoter = new QueuePromoter({ rpcUrls: [l1.rpcUrl, l2.rpcUrl] })
 * promoter.start()
 * await promoter.stop()
 */
export class QueuePromoter {
  readonly #options: QueuePromoterOptions
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<unknown> = Promise.resolve()
  /** Queues that should have been promoted, at the last look: their hashes in one text. */
  #suspects: ReadonlySet<string> = new Set()

  constructor(options: QueuePromoterOptions) {
    this.#options = options
  }

  /** Begins to look, until {@link stop}. May be called again after it. */
  start(): void {
    if (this.#timer !== undefined) return
    const isWorthIt = this.#options.activity?.sieve(idleLooks) ?? (() => true)
    const next = (): void => {
      this.#timer = setTimeout(() => {
        this.#looking = (isWorthIt() || this.#suspects.size > 0 ? this.look() : Promise.resolve()).finally(
          () => this.#timer && next(),
        )
      }, lookMilliseconds)
      this.#timer.unref()
    }
    next()
  }

  /** Ends with the look under way: nothing that was taken out of a pool is left out. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    await this.#looking
  }

  /** Looks once at each node. What was found there at the look before, too, is sent again. */
  async look(): Promise<void> {
    // A node that is gone or busy is looked at again.
    const seen = await Promise.all(this.#options.rpcUrls.map((url) => this.#lookAt(url).catch(() => [])))
    this.#suspects = new Set(seen.flat())
  }

  /** @returns what has to be found once more before anything is done about it */
  async #lookAt(url: string): Promise<string[]> {
    const { queued } = z.object({ queued: z.string() }).parse(await rpc(url, 'txpool_status'))
    if (Number(queued) === 0) return []
    const suspects: string[] = []
    for (const [account, waiting] of await queuesOf(url)) {
      const nonce = String(await rpc(url, 'eth_getTransactionCount', [account, 'latest']))
      if (BigInt(waiting[0]?.nonce ?? -1) !== BigInt(nonce) || waiting.some(({ type }) => type === blobType)) continue
      // The whole queue: while somebody still adds to it, it is left alone.
      const suspect = hashesOf(waiting)
      if (this.#suspects.has(suspect)) await this.#sendAgain(url, account, waiting)
      else suspects.push(suspect)
    }
    return suspects
  }

  async #sendAgain(url: string, account: string, waiting: readonly QueuedTransaction[]): Promise<void> {
    const calls = waiting.map(({ hash }) => ({ method: 'eth_getRawTransactionByHash', params: [hash] }))
    const raws = z.array(z.string()).parse(await rpcBatch(url, calls))
    // Anvil takes out all of an account's transactions or none, so nothing may have come in or gone meanwhile.
    if (hashesOf((await queuesOf(url)).get(account) ?? []) !== hashesOf(waiting)) return
    await rpc(url, 'anvil_removePoolTransactions', [account])
    let sent = 0
    for (const [index, transaction] of waiting.entries()) {
      const { hash, nonce } = transaction
      try {
        if (isUnsigned(transaction)) await sendImpersonated(url, transaction)
        else await rpc(url, 'eth_sendRawTransaction', [raws[index]])
        sent++
      } catch (cause) {
        this.#log(`Transaction ${hash} of ${account}, nonce ${Number(nonce)}, cannot be sent again: ${reasonOf(cause)}`)
      }
    }
    const first = Number(waiting[0]?.nonce)
    this.#log(`anvil left transactions of ${account} from nonce ${first} on in its queue: ${sent} sent again`)
  }

  #log(line: string): void {
    this.#options.log?.(line)
  }
}

/** What waits of each account, in the order of nonces. */
async function queuesOf(url: string): Promise<Map<string, QueuedTransaction[]>> {
  const { queued } = contentSchema.parse(await rpc(url, 'txpool_content'))
  const byNonce = (a: QueuedTransaction, b: QueuedTransaction): number => Number(BigInt(a.nonce) - BigInt(b.nonce))
  return new Map(Object.entries(queued).map(([account, waiting]) => [account, Object.values(waiting).sort(byNonce)]))
}

const hashesOf = (transactions: readonly QueuedTransaction[]): string => transactions.map(({ hash }) => hash).join()

/** Anvil signs for an account that it impersonates with zeros, which no node would take for a signature. */
const isUnsigned = ({ r }: QueuedTransaction): boolean => BigInt(r) === 0n

async function sendImpersonated(
  url: string,
  { hash: _, r: __, gasPrice, ...transaction }: QueuedTransaction,
): Promise<void> {
  const { from, to, gas, value, input, nonce, maxFeePerGas, maxPriorityFeePerGas, accessList } = transaction
  const fees = maxFeePerGas === undefined ? { gasPrice } : { maxFeePerGas, maxPriorityFeePerGas }
  const call = () => rpc(url, 'eth_sendTransaction', [{ from, to, gas, value, input, nonce, accessList, ...fees }])
  try {
    await call()
  } catch (cause) {
    // Not impersonated any more: it was sent while it was.
    if (!(cause instanceof RpcError)) throw cause
    await rpc(url, 'anvil_impersonateAccount', [from])
    await call().finally(() => rpc(url, 'anvil_stopImpersonatingAccount', [from]))
  }
}
