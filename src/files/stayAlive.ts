/** Runs an action and keeps the process from ending before it: its nodes, sockets and watches alone may not. */
export async function stayAlive<Result>(action: () => Promise<Result>): Promise<Result> {
  const timer = setInterval(() => undefined, 1 << 30)
  try {
    return await action()
  } finally {
    clearInterval(timer)
  }
}
