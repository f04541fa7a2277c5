/** Takes utterances through a model piece by piece, so that what was computed once need not be computed again. */
import { WorkbenchError } from '@contract/errors'
import { throwIfCancelled } from '../../base/abort'
import type { Model } from '../../onnx/ir/model'
import { extractSubgraph, liveValues } from '../../onnx/passes/extract-subgraph'
import type { InferenceBackend, RuntimeTensor } from '../../runtime/inference-backend'
import type { Utterance } from '../../speech/datasets/utterance'
import type { FloatTensor, SpeechRecognizer } from '../../speech/families/family'
import { modelFeeds } from '../../speech/families/model-feeds'
import type { JobContext } from '../serve'
import { onUtterance, type Dataset } from './dataset'
import { withSession } from './derived-model'

export interface WalkInputs {
  readonly model: Model
  /** Turns audio into the model's input. */
  readonly recognizer: Pick<SpeechRecognizer, 'description' | 'computeInput'>
  readonly dataset: Dataset
  /** Most utterances to use, spread evenly over the data set. */
  readonly utterances: number
  /** Rate to resample to; left out, audio at another rate is refused. */
  readonly resampleToHz: number | undefined
  readonly backend: InferenceBackend
  readonly threads: number
  /** As `DerivedModelOptions` has it. */
  readonly temporaryFolder?: string | undefined
}

/** Tensors by the names of values. */
export type Values = Readonly<Record<string, RuntimeTensor>>

/** The chosen utterances on their way through the uncompressed model, all of them at the same node. */
export class ModelWalk {
  readonly utterances: readonly Utterance[]
  /** The model's output per utterance. */
  readonly references: readonly FloatTensor[]
  readonly #inputs: WalkInputs
  /** Per utterance, everything that the rest of the model needs. */
  #states: Values[]
  #position = 0

  private constructor(
    inputs: WalkInputs,
    utterances: readonly Utterance[],
    { states, references }: { readonly states: Values[]; readonly references: readonly FloatTensor[] }
  ) {
    this.#inputs = inputs
    this.utterances = utterances
    this.#states = states
    this.references = references
  }

  /** Puts the utterances before the first node. */
  static async start(inputs: WalkInputs, context: JobContext): Promise<ModelWalk> {
    const { model, recognizer, dataset, resampleToHz } = inputs
    const { description } = recognizer
    const utterances = spread(dataset.utterances, inputs.utterances)
    if (utterances.length === 0) {
      throw new WorkbenchError(
        'invalid-input',
        `'${dataset.name}' has no utterances to measure on; add some.`
      )
    }
    const states: Values[] = []
    const references: FloatTensor[] = []
    await withSession(inputs, model, async (session) => {
      for (const utterance of utterances) {
        throwIfCancelled(context.signal)
        const input = await onUtterance(utterance, async () =>
          recognizer.computeInput(await dataset.audio(utterance, resampleToHz))
        )
        const feeds = modelFeeds(description, input)
        references.push(
          floatOutput(await session.run(feeds, [description.outputName]), description.outputName)
        )
        states.push(feeds)
        context.progress({
          stage: `run the original on ${dataset.name}`,
          completed: states.length,
          total: utterances.length,
          unit: 'utterances'
        })
        await context.breathe()
      }
    })
    return new ModelWalk(inputs, utterances, { states, references })
  }

  /** Runs the nodes from here to the one at `position`, which must not lie behind. */
  async advanceTo(position: number): Promise<void> {
    if (position === this.#position) return
    const { model } = this.#inputs
    const names = liveValues(model, outputOf(model, position))
    const before = liveValues(model, outputOf(model, this.#position))
    const made = names.filter((name) => !before.includes(name))
    if (made.length > 0) {
      const segment = extractSubgraph(model, { inputs: before, outputs: made })
      await withSession(this.#inputs, segment, async (session) => {
        for (const [index, state] of this.#states.entries()) {
          this.#states[index] = { ...state, ...(await session.run(pick(state, before), made)) }
        }
      })
    }
    // What nobody needs any more is dropped: activations of all utterances are held at one place of the model only.
    this.#states = this.#states.map((state) => pick(state, names))
    this.#position = position
  }

  values(utterance: number, names: readonly string[]): Values {
    return pick(this.#states[utterance]!, names)
  }
}

function outputOf({ graph }: Model, position: number): string {
  return graph.nodes[position]?.outputs.find((output) => output !== '') ?? ''
}

function pick(values: Values, names: readonly string[]): Values {
  return Object.fromEntries(
    names.map((name) => {
      const value = values[name]
      if (value !== undefined) return [name, value]
      throw new WorkbenchError('internal', `The value '${name}' was not kept on the way through the model.`)
    })
  )
}

/** At most `count` of the items, evenly spread: neighbours in a data set are often of one speaker. */
export function spread<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items]
  return Array.from(
    { length: count },
    (_, index) => items[Math.floor(((index + 0.5) * items.length) / count)]!
  )
}

/** The output that families decode. @throws WorkbenchError `unsupported-model` when it is not float32. */
export function floatOutput(outputs: Values, name: string): FloatTensor {
  const output = outputs[name]
  if (output?.dataType === 'float32') return output
  throw new WorkbenchError(
    'unsupported-model',
    `The model gave no float32 '${name}', which damage is measured on.`
  )
}
