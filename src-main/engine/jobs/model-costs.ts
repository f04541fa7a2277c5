import type { BudgetUnit, Precision } from '@contract/recipe'
import { throwIfCancelled } from '../../base/abort'
import type { Clock } from '../../base/clock'
import { applyPrecision } from '../../compression/methods/precisions'
import type { ModelCosts } from '../../compression/pricing'
import type { Model } from '../../onnx/ir/model'
import { countMacs } from '../../onnx/macs'
import { countParameters } from '../../onnx/parameters'
import { encodedSizeBytes } from '../../onnx/serde/encode-model'
import { inferShapes } from '../../onnx/shapes/infer-shapes'
import type { InferenceBackend } from '../../runtime/inference-backend'
import type { SpeechModelDescription } from '../../speech/families/family'
import { inputShapes, modelFeeds } from '../../speech/families/model-feeds'
import type { JobContext } from '../serve'
import { withSession } from './derived-model'
import { noiseInput, referenceSamples } from './reference-input'

export interface CountedModel {
  /** The uncompressed model. */
  readonly model: Model
  /** Of its file, external data included. */
  readonly sizeBytes: number
  /** Without one, operations are not counted: their number depends on what the model hears. */
  readonly description: SpeechModelDescription | undefined
  /** Number format of the finished model. */
  readonly precision: Precision
  /** Outputs of nodes that stay float32 in every format (`frontEndOutputs`). */
  readonly keepFloat: ReadonlySet<string>
}

/**
 * What can be counted about a model for a budget in `unit`, without running it. One run is one of the reference length
 * (`macsReferenceSeconds`). Latencies are left out: they are measured (`probeMachine`, `measureRunMilliseconds`).
 */
export function countCosts(
  { model, sizeBytes, description, precision, keepFloat }: CountedModel,
  unit: BudgetUnit
): ModelCosts {
  const { parameterCount } = countParameters(model)
  if (unit === 'parameters') return { parameterCount, precision }
  if (unit === 'bytes') {
    const dense =
      precision === 'float32' ? sizeBytes : encodedSizeBytes(applyPrecision(model, precision, keepFloat))
    return { parameterCount, precision, sizeBytes: { original: sizeBytes, dense } }
  }
  if (description === undefined) return { parameterCount, precision }
  const shapes = inferShapes(model, inputShapes(description, referenceSamples(description)))
  const { total, perNode } = countMacs(model, shapes)
  return { parameterCount, precision, macs: { total, perNode } }
}

export interface TimedModel {
  /** The dense model in the format that the tiers will have. */
  readonly model: Model
  readonly description: SpeechModelDescription
  readonly backend: InferenceBackend
  readonly clock: Clock
  readonly threads: number
  /** As `DerivedModelOptions` has it. */
  readonly temporaryFolder?: string | undefined
}

/** Timed runs of a whole model; the median leaves out what a busy moment did. */
const timedRuns = 9

/** Median milliseconds of one run of the network on the reference length of input, without its front end. */
export async function measureRunMilliseconds(timed: TimedModel, context: JobContext): Promise<number> {
  const { model, description, clock } = timed
  const feeds = modelFeeds(description, noiseInput(description))
  return withSession(timed, model, async (session) => {
    const times: number[] = []
    // The first run pays for memory that later ones reuse, and is not counted.
    for (let run = 0; run <= timedRuns; run++) {
      throwIfCancelled(context.signal)
      const start = clock.nowMilliseconds()
      await session.run(feeds, [description.outputName])
      if (run > 0) times.push(clock.nowMilliseconds() - start)
      context.progress({ stage: 'time the original', completed: run, total: timedRuns, unit: 'runs' })
      await context.breathe()
    }
    return times.sort((a, b) => a - b)[timedRuns >> 1]!
  })
}
