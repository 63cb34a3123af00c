import { fileURLToPath } from 'node:url'

/** Folder of the base model in this package, the default of `--base`. */
export const bundledBase = fileURLToPath(new URL('../../../base-model', import.meta.url))
