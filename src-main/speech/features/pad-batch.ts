/** Several recordings as one input of a model whose batch dimension is free. */
import { WorkbenchError } from '@contract/errors'
import type { RuntimeTensor } from '../../runtime/inference-backend'
import { timeAxis, type FrontEnd } from './front-end'
import { paddingValue } from './padding-value'

/** Inputs of several recordings, padded to the longest. */
export interface PaddedBatch {
  /** [batch, melBins, frames], [batch, frames, melBins] or [batch, samples], as the front end orders them. */
  readonly input: Extract<RuntimeTensor, { dataType: 'float32' }>
  /** [batch] frames, or samples, that belong to each recording. */
  readonly validFrames: readonly number[]
}

/**
 * Puts inputs of one recording each [1, ...] behind one another, every one padded at its end with `paddingValue`.
 *
 * @throws WorkbenchError `internal` for no inputs, or inputs that are not float32.
 */
export function padBatch(frontEnd: FrontEnd, inputs: readonly RuntimeTensor[]): PaddedBatch {
  const axis = timeAxis(frontEnd)
  const [first] = inputs
  if (first === undefined || inputs.some(({ dataType }) => dataType !== 'float32')) {
    throw new WorkbenchError('internal', 'A batch needs at least one input, and every one as float32.')
  }
  const validFrames = inputs.map(({ dims }) => dims[axis]!)
  const frames = Math.max(...validFrames)
  const dims = first.dims.map((size, at) => (at === 0 ? inputs.length : at === axis ? frames : size))
  const before = product(dims.slice(1, axis))
  const after = product(dims.slice(axis + 1))
  const recording = before * frames * after
  const data = new Float32Array(inputs.length * recording)
  for (const [index, input] of inputs.entries()) {
    const values = input.data as Float32Array
    const row = validFrames[index]! * after
    const padded = frames * after
    if (row < padded) data.fill(paddingValue(frontEnd, values), index * recording, (index + 1) * recording)
    for (let k = 0; k < before; k++) {
      data.set(values.subarray(k * row, (k + 1) * row), index * recording + k * padded)
    }
  }
  return { input: { dataType: 'float32', dims, data }, validFrames }
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((all, size) => all * size, 1)
}
