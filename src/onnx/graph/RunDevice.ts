/** Where programs can run. */
export const runDevices = ['cpu', 'webgpu', 'cuda', 'dml', 'coreml'] as const
export type RunDevice = (typeof runDevices)[number]

/** Where programs shall run; `auto` takes the device whose matrix product is the fastest here. */
export type Device = RunDevice | 'auto'
