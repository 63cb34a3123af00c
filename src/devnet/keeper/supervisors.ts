import type { Supervisor } from './Supervisor.js'

/** The devnets that this process keeps, by the word of their control. */
export const supervisors = new Map<string, Supervisor>()
