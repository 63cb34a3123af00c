import type { Keeper } from './Keeper.js'

/** The devnets that this process keeps, by the token of their control. */
export const keepers = new Map<string, Keeper>()
