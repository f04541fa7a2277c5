import { throwIfCancelled } from '../../base/abort'
import { layerInputKey, layerInputRows } from '../../compression/layer-inputs'
import { SecondMomentAccumulator, type MomentSum } from '../../compression/second-moment'
import type { BackendProducts } from '../../linalg/backend-products'
import type { LinearLayer } from '../../onnx/linear-layer/linear-layer'
import type { Model } from '../../onnx/ir/model'
import { exposeValues } from '../../onnx/passes/expose-values'
import type { InferenceBackend } from '../../runtime/inference-backend'
import type { SpeechRecognizer } from '../../speech/families/family'
import { modelFeeds } from '../../speech/families/model-feeds'
import type { JobContext } from '../serve'
import { onUtterance, type Dataset } from './dataset'
import { withSession } from './derived-model'
import { onLayer } from './on-layer'

/** Raised when the same model and data would give other sums. */
export const calibrationVersion = 3

export interface CalibrationInputs {
  readonly model: Model
  readonly layers: readonly LinearLayer[]
  /** Turns audio into the model's input. */
  readonly recognizer: Pick<SpeechRecognizer, 'description' | 'computeInput'>
  readonly dataset: Dataset
  /** Rate to resample to; left out, audio at another rate is refused. */
  readonly resampleToHz: number | undefined
  readonly backend: InferenceBackend
  readonly products: BackendProducts
  readonly threads: number
  /** As `DerivedModelOptions` has it. */
  readonly temporaryFolder?: string | undefined
}

/**
 * The second-moment sums of the inputs of `layers` over a data set, by `layerInputKey`. Every layer must have input rows.
 *
 * One forward pass per utterance; layers that read the same value in the same way share its sums. Utterances are run one at a time, so
 * no padding enters the statistics.
 *
 * @throws WorkbenchError `numerical` naming the layer when its input is not finite.
 */
export async function calibrate(
  inputs: CalibrationInputs,
  context: JobContext
): Promise<Map<string, MomentSum>> {
  const { model, layers, recognizer, dataset, resampleToHz, products } = inputs
  const readers = new Map<string, LinearLayer>()
  // The first layer that reads a value stands for all of them.
  for (const layer of layers) if (!readers.has(layerInputKey(layer))) readers.set(layerInputKey(layer), layer)
  const accumulators = new Map(
    [...readers].map(([key, layer]) => [
      key,
      new SecondMomentAccumulator(layer.inFeatures, (rows, columns) => products.gram(rows, columns))
    ])
  )
  const values = [...new Set([...readers.values()].map(({ input }) => input))]
  await withSession(inputs, exposeValues(model, values).model, async (session) => {
    for (const [index, utterance] of dataset.utterances.entries()) {
      throwIfCancelled(context.signal)
      const input = await onUtterance(utterance, async () =>
        recognizer.computeInput(await dataset.audio(utterance, resampleToHz))
      )
      const tensors = await session.run(modelFeeds(recognizer.description, input), values)
      for (const [key, layer] of readers) {
        await onLayer(layer, async () => {
          for (const rows of layerInputRows(tensors[layer.input], layer))
            await accumulators.get(key)!.add(rows)
        })
      }
      context.progress({
        stage: `calibrate on ${dataset.name}`,
        completed: index + 1,
        total: dataset.utterances.length,
        unit: 'utterances'
      })
      await context.breathe()
    }
  })
  const sums = new Map<string, MomentSum>()
  for (const [key, accumulator] of accumulators) {
    sums.set(key, await onLayer(readers.get(key)!, () => accumulator.finish()))
  }
  return sums
}
