/** Models whose weights are not in memory. */
import { mapTensors } from '../../src-main/onnx/ir/map-tensors'
import type { Model } from '../../src-main/onnx/ir/model'
import { tensorBytes } from '../../src-main/onnx/ir/tensor'

/** The same model with every floating-point initializer deferred, and the names that were read, in order. */
export function deferredModel(model: Model): { readonly model: Model; readonly reads: string[] } {
  const reads: string[] = []
  const deferred = mapTensors(model, (tensor, place) => {
    if (place !== 'initializer' || !tensor.dataType.startsWith('float')) return tensor
    const bytes = tensorBytes(tensor)
    const read = () => {
      reads.push(tensor.name)
      return bytes.slice()
    }
    return { ...tensor, data: { kind: 'deferred', lengthBytes: bytes.byteLength, read } }
  })
  return { model: deferred, reads }
}
