import { WorkbenchError } from '@contract/errors'
import { throwIfCancelled } from '../../base/abort'
import { SecondMomentAccumulator, type MomentSum } from '../../compression/second-moment'
import type { BackendProducts } from '../../linalg/backend-products'
import { encodeModel } from '../../onnx/serde/encode-model'
import type { LinearLayer } from '../../onnx/linear-layer/linear-layer'
import type { Model } from '../../onnx/ir/model'
import { exposeValues } from '../../onnx/passes/expose-values'
import type { InferenceBackend, RuntimeTensor } from '../../runtime/inference-backend'
import type { SpeechRecognizer } from '../../speech/families/family'
import { modelFeeds } from '../../speech/families/model-feeds'
import type { JobContext } from '../serve'
import { onUtterance, type Dataset } from './dataset'

/** Raised when the same model and data would give other sums. */
export const calibrationVersion = 2

export interface CalibrationInputs {
  readonly model: Model
  readonly layers: readonly LinearLayer[]
  /** Turns audio into the model's input. */
  readonly recognizer: SpeechRecognizer
  readonly dataset: Dataset
  /** Rate to resample to; left out, audio at another rate is refused. */
  readonly resampleToHz: number | undefined
  readonly backend: InferenceBackend
  readonly products: BackendProducts
  readonly threads: number
}

/**
 * The second-moment sums of the inputs of `layers` over a data set, by the name of the input value.
 *
 * One forward pass per utterance; layers that read the same value share its sums. Utterances are run one at a time, so
 * no padding enters the statistics.
 *
 * @throws WorkbenchError `numerical` when a layer's input is not finite.
 */
export async function calibrate(
  { model, layers, recognizer, dataset, resampleToHz, backend, products, threads }: CalibrationInputs,
  context: JobContext
): Promise<Map<string, MomentSum>> {
  const readers = new Map(layers.map((layer) => [layer.input, layer]))
  const accumulators = new Map(
    [...readers].map(([value, layer]) => [
      value,
      new SecondMomentAccumulator(layer.inFeatures, (rows, columns) => products.gram(rows, columns))
    ])
  )
  const bytes = encodeModel(exposeValues(model, readers.keys()).model)
  const session = await backend.open({ kind: 'bytes', bytes }, { threads })
  try {
    for (const [index, utterance] of dataset.utterances.entries()) {
      throwIfCancelled(context.signal)
      const input = await onUtterance(utterance, async () =>
        recognizer.computeInput(await dataset.audio(utterance, resampleToHz))
      )
      const values = await session.run(modelFeeds(recognizer.description, input), [...readers.keys()])
      for (const [value, layer] of readers)
        await accumulators.get(value)!.add(featureRows(values[value], layer))
      context.progress({
        stage: `calibrate on ${dataset.name}`,
        completed: index + 1,
        total: dataset.utterances.length,
        unit: 'utterances'
      })
      await context.breathe()
    }
  } finally {
    await session.release()
  }
  const sums = new Map<string, MomentSum>()
  for (const [value, accumulator] of accumulators) sums.set(value, await accumulator.finish())
  return sums
}

/** A layer's input as rows [n, in]: the features are the last axis, for Conv the second. */
function featureRows(tensor: RuntimeTensor | undefined, layer: LinearLayer): Float32Array {
  if (tensor?.dataType !== 'float32') {
    throw new WorkbenchError(
      'internal',
      `The input of '${layer.id}' is ${tensor?.dataType ?? 'missing'}, expected float32.`
    )
  }
  if (layer.operator !== 'Conv') return tensor.data
  const positions = tensor.data.length / layer.inFeatures
  const rows = new Float32Array(tensor.data.length)
  for (let channel = 0; channel < layer.inFeatures; channel++) {
    for (let position = 0; position < positions; position++) {
      rows[position * layer.inFeatures + channel] = tensor.data[channel * positions + position]!
    }
  }
  return rows
}
