import { fileURLToPath } from 'node:url'

/** Folder of the base model that comes with the package, and is the default `--base`. */
export const bundledBase = fileURLToPath(new URL('../../../base-model', import.meta.url))
