/** A model in stock ONNX Runtime, without a line of Lathe: what a user of an exported model does. */
import { InferenceSession, Tensor } from 'onnxruntime-node'

export interface PlainInput {
  readonly name: string
  readonly dims: readonly number[]
  readonly data: Float32Array
}

/** Opens `modelFile`, runs it on one input, and returns its `logits` with their shape. */
export async function plainLogits(
  modelFile: string,
  { name, dims, data }: PlainInput
): Promise<{ readonly dims: readonly number[]; readonly data: Float32Array }> {
  const session = await InferenceSession.create(modelFile, { intraOpNumThreads: 1 })
  try {
    const { logits } = await session.run({ [name]: new Tensor('float32', data, dims) })
    if (logits?.type !== 'float32') throw new Error(`${modelFile} gives no float32 logits.`)
    return { dims: logits.dims, data: logits.data as Float32Array }
  } finally {
    await session.release()
  }
}
