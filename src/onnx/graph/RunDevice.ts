/** Devices that a program can run on. */
export const runDevices = ['cpu', 'webgpu', 'cuda', 'dml', 'coreml'] as const
export type RunDevice = (typeof runDevices)[number]

/** The device that the user asks for; `auto` takes the one with the fastest matrix product on this machine. */
export type Device = RunDevice | 'auto'
