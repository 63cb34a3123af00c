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
  /** The activity of the layers' clients. Without it no poll is skipped. */
  readonly activity?: Activity
  /** Called with a line for transactions that were sent again. */
  readonly log?: (line: string) => void
}

const lookMilliseconds = 200
/** While nothing happens, one poll in so many is made. */
const idleLooks = 50

/** Anvil returns a blob transaction without its blobs, so that it cannot be sent again. */
const blobType = '0x3'

/**
 * Works around a race in anvil (seen in 1.7.1). A transaction that arrives while the previous one is being mined is sometimes
 * queued for a nonce that is already mined, and stays in the queue for ever with all that follow it. Geth calls the missing
 * step promotion: a queued transaction with the account's next nonce is executable. If two polls in a row find such a queue,
 * this class removes it from the pool and sends it again, with the same bytes and therefore the same hashes.
 *
 * @example
 * const promoter = new QueuePromoter({ rpcUrls: [devnet.l1.rpcUrl, devnet.l2.rpcUrl] })
 * promoter.start()
 * await promoter.stop()
 */
export class QueuePromoter {
  readonly #options: QueuePromoterOptions
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<unknown> = Promise.resolve()
  /** Queues that should have been promoted at the last poll, each as the joined hashes of its transactions. */
  #suspects: ReadonlySet<string> = new Set()

  constructor(options: QueuePromoterOptions) {
    this.#options = options
  }

  /** Polls until {@link stop}. May be called again afterwards. */
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

  /** Waits for the running poll, so that everything that it removed from a pool is sent again. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    await this.#looking
  }

  /** Polls each node once. Queues that the last poll also found are sent again. */
  async look(): Promise<void> {
    // The next poll asks a node that is gone or busy again.
    const seen = await Promise.all(this.#options.rpcUrls.map((url) => this.#lookAt(url).catch(() => [])))
    this.#suspects = new Set(seen.flat())
  }

  /** @returns the queues that the next poll has to find too before they are sent again */
  async #lookAt(url: string): Promise<string[]> {
    const { queued } = z.object({ queued: z.string() }).parse(await rpc(url, 'txpool_status'))
    if (Number(queued) === 0) return []
    const suspects: string[] = []
    for (const [account, waiting] of await queuesOf(url)) {
      const nonce = String(await rpc(url, 'eth_getTransactionCount', [account, 'latest']))
      if (BigInt(waiting[0]?.nonce ?? -1) !== BigInt(nonce) || waiting.some(({ type }) => type === blobType)) continue
      // The text names the whole queue: while a client still adds to it, nothing is done.
      const suspect = hashesOf(waiting)
      if (this.#suspects.has(suspect)) await this.#sendAgain(url, account, waiting)
      else suspects.push(suspect)
    }
    return suspects
  }

  async #sendAgain(url: string, account: string, waiting: readonly QueuedTransaction[]): Promise<void> {
    const calls = waiting.map(({ hash }) => ({ method: 'eth_getRawTransactionByHash', params: [hash] }))
    const encoded = z.array(z.string()).parse(await rpcBatch(url, calls))
    // Anvil removes all transactions of an account, so that the queue must not have changed meanwhile.
    if (hashesOf((await queuesOf(url)).get(account) ?? []) !== hashesOf(waiting)) return
    await rpc(url, 'anvil_removePoolTransactions', [account])
    let sent = 0
    for (const [index, transaction] of waiting.entries()) {
      const { hash, nonce } = transaction
      try {
        if (isUnsigned(transaction)) await sendImpersonated(url, transaction)
        else await rpc(url, 'eth_sendRawTransaction', [encoded[index]])
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

/** The queued transactions of each account, in the order of nonces. */
async function queuesOf(url: string): Promise<Map<string, QueuedTransaction[]>> {
  const { queued } = contentSchema.parse(await rpc(url, 'txpool_content'))
  const byNonce = (a: QueuedTransaction, b: QueuedTransaction): number => Number(BigInt(a.nonce) - BigInt(b.nonce))
  return new Map(Object.entries(queued).map(([account, waiting]) => [account, Object.values(waiting).sort(byNonce)]))
}

const hashesOf = (transactions: readonly QueuedTransaction[]): string => transactions.map(({ hash }) => hash).join()

/** Anvil signs for an impersonated account with zeros, which no node accepts as a signature. */
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
    // The account was impersonated when the transaction was first sent, but no longer is.
    if (!(cause instanceof RpcError)) throw cause
    await rpc(url, 'anvil_impersonateAccount', [from])
    await call().finally(() => rpc(url, 'anvil_stopImpersonatingAccount', [from]))
  }
}
