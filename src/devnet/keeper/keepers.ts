import type { Keeper } from './Keeper.js'

/** The keepers that run in this process, by the token of their control. */
export const keepers = new Map<string, Keeper>()
