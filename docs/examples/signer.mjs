// A signer for openledger that keeps a limit: it signs with the key of a file, and no transaction worth more than 100 OPEN.
// What it speaks is in docs/signer.md. In the configuration:
//   "signer": { "command": "node docs/examples/signer.mjs ~/secrets/ops.key", "address": "0x…" }
import { readFileSync, statSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { hashMessage, hashTypedData, keccak256, parseTransaction } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'

const limit = 100n * 10n ** 18n

/** What the request's digest must be: a signer that believes it signs whatever it is sent. */
function digestOf({ method, unsigned, typedData, message }) {
  if (method === 'signTransaction') return keccak256(unsigned)
  if (method === 'signTypedData') return hashTypedData(typedData)
  if (method === 'signMessage') return hashMessage({ raw: message })
  throw new Error(`the method ${method} is not for this signer`)
}

function check(request) {
  if (request.version !== 1) throw new Error(`version ${request.version} of the protocol is not known`)
  if (digestOf(request) !== request.digest) throw new Error('the digest is not that of what is shown')
  if (request.method !== 'signTransaction') return
  const { value = 0n, chainId } = parseTransaction(request.unsigned)
  if (chainId !== 1612) throw new Error(`chain ${chainId} is not for this key`)
  if (value > limit) throw new Error(`${value} wei are more than the limit of ${limit}`)
}

const [file] = process.argv.slice(2)
const request = JSON.parse(await text(process.stdin))
try {
  if ((statSync(file).mode & 0o077) !== 0) throw new Error(`others may read ${file}: chmod 600`)
  check(request)
  const account = privateKeyToAccount(readFileSync(file, 'utf8').trim())
  process.stderr.write(`signing for ${request.network} as ${account.address}\n`)
  process.stdout.write(JSON.stringify({ signature: await account.sign({ hash: request.digest }) }))
} catch (error) {
  process.stdout.write(JSON.stringify({ error: error.message }))
}
