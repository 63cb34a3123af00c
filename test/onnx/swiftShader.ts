import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Debian's Chromium brings a Vulkan driver that computes on the CPU, and the loader that WebGPU looks for. */
const folder = '/usr/lib/chromium'

/** The environment in which the WebGPU device runs without a GPU; undefined where SwiftShader is not installed. */
export const swiftShader: NodeJS.ProcessEnv | undefined = ['libvk_swiftshader.so', 'libvulkan.so.1'].every((name) =>
  existsSync(join(folder, name)),
)
  ? {
      ...process.env,
      LD_LIBRARY_PATH: folder,
      VK_ICD_FILENAMES: join(folder, 'vk_swiftshader_icd.json'),
      XDG_RUNTIME_DIR: tmpdir(),
    }
  : undefined

/** Named in the report of the tests that were left out. */
export const whySkipped = swiftShader ? '' : ` (skipped: no SwiftShader in ${folder}; Debian's chromium brings it)`
