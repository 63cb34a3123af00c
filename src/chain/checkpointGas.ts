/**
 * Gas allowed on top of the estimate for calls that write checkpoints of votes or stake, which are by time: in the second of the
 * one before they replace it, later they begin a new slot. An estimate that is made in that second and mined in the next is
 * too low by what two new slots cost, 25 000 each.
 */
export const checkpointGas = 60_000n
