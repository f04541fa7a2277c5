import { WorkbenchError } from '@contract/errors'
import { fromHalf } from '../ir/half'
import { float32Values, tensorBytes, type Tensor } from '../ir/tensor'

/**
 * The values of a float16, bfloat16, float32 or float64 tensor as float64, exactly; always a copy.
 *
 * @throws WorkbenchError `unsupported-model` for other types, `internal` when the data is not loaded.
 */
export function floatingValues(tensor: Tensor): Float64Array {
  switch (tensor.dataType) {
    case 'float32':
      return Float64Array.from(float32Values(tensor))
    case 'float64':
      return read(tensor, 8, (view, offset) => view.getFloat64(offset, true))
    case 'float16':
      return read(tensor, 2, (view, offset) => fromHalf(view.getUint16(offset, true)))
    case 'bfloat16':
      return read(tensor, 2, (view, offset) => fromBrain(view.getUint16(offset, true)))
    default:
      throw new WorkbenchError(
        'unsupported-model',
        `Tensor '${tensor.name}' holds ${tensor.dataType}, expected floating-point weights.`
      )
  }
}

function read(
  tensor: Tensor,
  bytesPerElement: number,
  at: (view: DataView, offset: number) => number
): Float64Array {
  const bytes = tensorBytes(tensor)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Float64Array.from({ length: bytes.byteLength / bytesPerElement }, (_, index) =>
    at(view, index * bytesPerElement)
  )
}

/** bfloat16 is the upper half of a float32. */
function fromBrain(bits: number): number {
  brainView.setUint32(0, bits * 65536)
  return brainView.getFloat32(0)
}

const brainView = new DataView(new ArrayBuffer(4))
