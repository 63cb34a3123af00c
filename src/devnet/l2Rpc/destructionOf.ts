import { OpenLedgerError } from '../../errors/OpenLedgerError.js'

/**
 * Whether a body may contain a method that {@link destructionOf} refuses or that `guardedRollback` and `minedInTurn` handle,
 * in upper or lower case or written with escapes. All other bodies, nearly all of them, pass without being parsed.
 */
export const mayDestroy = (body: Buffer): boolean =>
  body.includes('\\') || /_(?:reset|loadstate|setchainid|rollback|reorg|mine)/i.test(body.toString('latin1'))

/**
 * Refuses the methods by which a node gives up the chain that the other layer, the bridge and the saved chains belong to:
 *
 * - `anvil_reset`, `hardhat_reset`: the chain begins again at block 0, without contracts. `openledger devnet reset` does that
 *   for both layers.
 * - `anvil_loadState`, `hardhat_loadState`: the state of another chain overwrites this one. Snapshots are for that.
 * - `anvil_setChainId`: every network, signature and deposit names the old id.
 *
 * Methods that the bridge survives stay allowed: `evm_snapshot` and `evm_revert`, `anvil_rollback` and `anvil_reorg` above the
 * blocks that created the contracts (see `guardedRollback`), and those that empty pools or change clocks, balances, code and
 * storage. `anvil_setRpcUrl` does nothing on a chain that is not a fork.
 *
 * @param request one request of a body
 * @returns `undefined` when the request may pass
 */
export function destructionOf(request: unknown, layer: 'L1' | 'L2'): OpenLedgerError | undefined {
  if (typeof request !== 'object' || request === null || !('method' in request)) return undefined
  const { method } = request
  if (typeof method !== 'string') return undefined
  switch (/^[a-z]+_(reset|loadstate|setchainid)$/.exec(method.trim().toLowerCase())?.[1]) {
    case 'reset':
      return new OpenLedgerError('OL1766', { layer, method })
    case 'loadstate':
      return new OpenLedgerError('OL1767', { layer, method })
    case 'setchainid':
      return new OpenLedgerError('OL1768', { layer, method })
    default:
      return undefined
  }
}
