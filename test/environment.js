import { TestEnvironment } from 'jest-environment-node'

/**
 * jest runs tests in a sandbox realm with typed arrays of its own. onnxruntime-node checks tensors with the outer realm's
 * constructors, so the sandbox is given those.
 */
export default class OuterTypedArrays extends TestEnvironment {
  async setup() {
    await super.setup()
    Object.assign(this.global, {
      Float32Array,
      Float64Array,
      Int32Array,
      BigInt64Array,
      Uint8Array,
      Uint16Array,
      ArrayBuffer,
    })
  }
}
