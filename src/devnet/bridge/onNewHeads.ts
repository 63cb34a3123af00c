import { connect as connectTcp, type Socket } from 'node:net'
import WebSocket from 'ws'

/** A subscription to the new blocks of a chain. */
export interface HeadWatch {
  stop(): void
}

/**
 * Calls back at each new block of a node, and after each new connection to it. A node does not announce a revert, so that the
 * caller has to poll as well.
 *
 * @param rpcUrl HTTP address of an anvil, which accepts WebSockets at the same port
 */
export function onNewHeads(rpcUrl: string, callback: () => void): HeadWatch {
  let stopped = false
  let socket: WebSocket | undefined
  let timer: NodeJS.Timeout | undefined
  const connect = (): void => {
    socket = new WebSocket(rpcUrl.replace(/^http/, 'ws'), { perMessageDeflate: false, createConnection })
    socket.on('open', () => {
      socket?.send('{"jsonrpc":"2.0","id":1,"method":"eth_subscribe","params":["newHeads"]}')
    })
    socket.on('message', callback)
    socket.on('error', () => undefined)
    socket.on('close', () => {
      if (!stopped) timer = setTimeout(connect, reconnectMilliseconds).unref()
    })
  }
  connect()
  return {
    stop() {
      stopped = true
      clearTimeout(timer)
      socket?.terminate()
    },
  }
}

const reconnectMilliseconds = 250

/** The subscription alone does not keep the process alive. */
const createConnection = ((...args: Parameters<typeof connectTcp>): Socket =>
  connectTcp(...args).unref()) as typeof connectTcp
