import {
  formatTransactionRequest,
  getTypesForEIP712Domain,
  type Hex,
  hashMessage,
  hashTypedData,
  keccak256,
  type LocalAccount,
  parseSignature,
  recoverAddress,
  type SerializeTransactionFn,
  type Signature,
  serializeTransaction,
  type TransactionSerializable,
  type TypedDataDefinition,
  toHex,
} from 'viem'
import { toAccount } from 'viem/accounts'
import { z } from 'zod'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { hexBytes } from '../files/hexSchemas.js'
import { reasonOf } from '../files/reasonOf.js'
import { runSigner, type SignerRun } from './runSigner.js'

const answerSchema = z.union([
  z.strictObject({ signature: hexBytes(65) }),
  z.strictObject({ error: z.string().min(1) }),
])

/** The subject of a signature, in addition to its digest. */
type Subject =
  | {
      readonly method: 'signTransaction'
      readonly chainId: number
      readonly unsigned: Hex
      readonly transaction: object
    }
  | { readonly method: 'signTypedData'; readonly typedData: object }
  | { readonly method: 'signMessage'; readonly message: Hex }
  | { readonly method: 'sign' }

/**
 * An account for which a command signs: a hardware wallet, a key server, a vault. The command reads one JSON document from
 * stdin, `{"version":1,"method","address","network","digest",…}`, and answers `{"signature":"0x…"}` or
 * `{"error":"why not"}` (docs/signer.md). The account checks every signature before it returns it.
 *
 * @throws OL1626 to OL1630 on signing
 */
export function signerAccount(run: SignerRun): LocalAccount {
  const { network } = run
  const { address } = run.signer

  const sign = async (digest: Hex, subject: Subject): Promise<Hex> => {
    const request = { version: 1, ...subject, address, network, digest }
    const answer = readAnswer(await runSigner(run, `${JSON.stringify(request, bigintsAsText)}\n`), network)
    const found = await signerOf(digest, answer, network)
    if (found.toLowerCase() === address.toLowerCase()) return answer
    throw new OpenLedgerError('OL1629', { network, found, expected: address })
  }
  return toAccount({
    address,
    sign: ({ hash }) => sign(hash, { method: 'sign' }),
    signMessage: ({ message }) => {
      const bytes = typeof message === 'string' ? toHex(message) : toHex(message.raw)
      return sign(hashMessage(message), { method: 'signMessage', message: bytes })
    },
    signTypedData(definition) {
      const { domain = {}, types, primaryType, message } = definition as TypedDataDefinition
      const digest = hashTypedData(definition as Parameters<typeof hashTypedData>[0])
      // EIP712Domain is included as in eth_signTypedData_v4: otherwise the signer has to guess which fields are hashed.
      const domainType = getTypesForEIP712Domain({ domain })
      const typedData = { domain, types: { EIP712Domain: domainType, ...types }, primaryType, message }
      return sign(digest, { method: 'signTypedData', typedData })
    },
    async signTransaction(transaction, { serializer = serializeTransaction } = {}) {
      const serialize = serializer as SerializeTransactionFn<TransactionSerializable>
      const unsigned = await serialize(transaction)
      const chainId = transaction.chainId ?? 0
      const subject = { method: 'signTransaction', chainId, unsigned, transaction: inRpcTerms(transaction) } as const
      const signature = parseSignature(await sign(keccak256(unsigned), subject))
      return serialize(transaction, signature as Signature)
    },
  })
}

function readAnswer(output: string, network: string): Hex {
  let value: unknown
  try {
    value = JSON.parse(output)
  } catch {
    const reason = output.trim() === '' ? 'nothing' : 'it is not one JSON document'
    throw new OpenLedgerError('OL1628', { network, reason })
  }
  const parsed = answerSchema.safeParse(value)
  if (!parsed.success)
    throw new OpenLedgerError('OL1628', { network, reason: 'neither a signature of 65 bytes nor an error' })
  if ('error' in parsed.data) throw new OpenLedgerError('OL1630', { network, reason: parsed.data.error })
  return parsed.data.signature
}

async function signerOf(hash: Hex, signature: Hex, network: string): Promise<string> {
  try {
    return await recoverAddress({ hash, signature })
  } catch (cause) {
    throw new OpenLedgerError('OL1628', { network, reason: reasonOf(cause).split('\n')[0] ?? '' }, { cause })
  }
}

/** The transaction with quantities in hex, as in eth_signTransaction. */
function inRpcTerms(transaction: TransactionSerializable): object {
  const { type: _, ...request } = formatTransactionRequest(
    transaction as Parameters<typeof formatTransactionRequest>[0],
  )
  return { type: transaction.type, ...request }
}

const bigintsAsText = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value)
