/** Runs a model of a test in ONNX Runtime; for native tests only. */
import type { Model } from '../../src-main/onnx/ir/model'
import { encodeModel } from '../../src-main/onnx/serde/encode-model'
import type { RuntimeTensor, SessionOptions } from '../../src-main/runtime/inference-backend'
import { createOrtBackend } from '../../src-main/runtime/ort/ort-backend'

type Tensors = Readonly<Record<string, RuntimeTensor>>

/** All outputs of one run. */
export async function runModel(model: Model, feeds: Tensors, options: SessionOptions = {}): Promise<Tensors> {
  const session = await createOrtBackend().open({ kind: 'bytes', bytes: encodeModel(model) }, options)
  try {
    return await session.run(feeds)
  } finally {
    await session.release()
  }
}

/** The values of a float32 output. */
export function floats(tensor: RuntimeTensor | undefined): Float32Array {
  if (tensor?.dataType !== 'float32')
    throw new TypeError(`Expected float32, got ${tensor?.dataType ?? 'nothing'}.`)
  return tensor.data
}
