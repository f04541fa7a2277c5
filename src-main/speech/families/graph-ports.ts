/** Finds the inputs and the output of a graph that a family drives, and says in one sentence what does not fit. */
import { WorkbenchError } from '@contract/errors'
import type { Dimension } from '../../onnx/ir/model'
import { featureFrames, featurePattern, timeAxis, type FrontEnd } from '../features/front-end'
import type { CompanionInput } from './family'
import type { ModelFolder } from './model-folder'
import { formatValues, type ModelInterface, type ModelValue } from './model-interface'

/** Names given by hand; what is not named is recognised. */
export interface PortNames {
  readonly input?: string | undefined
  readonly lengthInput?: string | undefined
  readonly maskInput?: string | undefined
  readonly output?: string | undefined
}

export interface InputPorts {
  readonly input: ModelValue
  readonly companionInputs: readonly CompanionInput[]
}

/** State that a model hands from one chunk of sound to the next. */
const stateName = /cache|past_key|(^|_)state/u

/**
 * The main input and the lengths or masks beside it.
 *
 * @throws WorkbenchError `unsupported-model` when the main input has another shape, for inputs that Lathe cannot fill, and
 *   for streaming models, which are fed their own state.
 */
export function findInputs(
  folder: ModelFolder,
  graph: ModelInterface,
  frontEnd: FrontEnd,
  names: PortNames = {}
): InputPorts {
  const states = graph.inputs.filter(({ name }) => stateName.test(name))
  if (states.length > 0) {
    throw new WorkbenchError(
      'unsupported-model',
      `${folder.modelFile} of '${folder.name}' takes ${states.length} inputs of state such as ${states[0]!.name}: it is a streaming model, and Lathe drives models that hear a whole utterance at once; export it without streaming.`
    )
  }
  const companions = new Map<ModelValue, CompanionInput>()
  for (const value of graph.inputs) {
    const companion = value.name === names.input ? undefined : asCompanion(value, names)
    if (companion !== undefined) companions.set(value, companion)
  }
  const [input, ...others] = graph.inputs.filter((value) => !companions.has(value))
  const pattern = featurePattern(frontEnd)
  if (input === undefined || others.length > 0 || !fitsPattern(input, pattern)) {
    throw new WorkbenchError(
      'unsupported-model',
      `${folder.modelFile} of '${folder.name}' takes ${formatValues(graph.inputs)}, expected one float32 input [${pattern.join(', ')}].`
    )
  }
  return { input, companionInputs: [...companions.values()] }
}

/** A length [batch] or mask [batch, frames] of whole numbers, by its given name or by what such inputs are called. */
function asCompanion({ name, dataType, dims }: ModelValue, names: PortNames): CompanionInput | undefined {
  if (dataType !== 'int64' && dataType !== 'int32' && dataType !== 'bool') return undefined
  const isLength =
    names.lengthInput === undefined
      ? /len/iu.test(name) && dataType !== 'bool' && (dims?.length ?? 1) === 1
      : name === names.lengthInput
  if (isLength) return { name, kind: 'length', dataType }
  const isMask =
    names.maskInput === undefined
      ? /mask/iu.test(name) && (dims?.length ?? 2) === 2
      : name === names.maskInput
  return isMask ? { name, kind: 'mask', dataType } : undefined
}

/** What the graphs of the known exporters call their scores. */
const usualOutputs: ReadonlySet<string> = new Set(['logits', 'logprobs', 'log_probs'])

/**
 * The output that holds the scores: the named one, the only one, or the one with a usual name.
 *
 * - `pattern` its dimensions; named ones are open.
 * - `source`  what says so, for the message: `vocab_size in config.json`.
 *
 * @throws WorkbenchError `unsupported-model` when there is none or it has another shape.
 */
export function findOutput(
  folder: ModelFolder,
  graph: ModelInterface,
  {
    pattern,
    source,
    name
  }: { readonly pattern: readonly Dimension[]; readonly source: string; readonly name?: string | undefined }
): ModelValue {
  const output =
    name === undefined && graph.outputs.length === 1
      ? graph.outputs[0]
      : graph.outputs.find((value) =>
          name === undefined ? usualOutputs.has(value.name) : value.name === name
        )
  if (output !== undefined && fitsPattern(output, pattern)) return output
  throw new WorkbenchError(
    'unsupported-model',
    `${folder.modelFile} of '${folder.name}' gives ${formatValues(graph.outputs)}, expected float32 logits [${pattern.join(', ')}] as ${source} says.`
  )
}

/** float32, of the pattern's rank; every size that both know is the same. The first dimension is the batch of one. */
function fitsPattern({ dataType, dims }: ModelValue, pattern: readonly Dimension[]): boolean {
  if (dataType !== 'float32') return false
  if (dims === undefined) return true
  return (
    dims.length === pattern.length &&
    dims.every((dim, axis) => {
      const expected = axis === 0 ? 1 : pattern[axis]
      return typeof dim !== 'number' || typeof expected !== 'number' || dim === expected
    })
  )
}

/**
 * Samples that a graph exported for one length takes; undefined when its length is free.
 *
 * @throws WorkbenchError `unsupported-model` when padding does not give exactly that length.
 */
export function findFixedSamples(
  folder: ModelFolder,
  input: ModelValue,
  frontEnd: FrontEnd,
  padToMultipleOfSamples: number
): number | undefined {
  const length = input.dims?.[timeAxis(frontEnd)]
  if (typeof length !== 'number') return undefined
  if (featureFrames(frontEnd, padToMultipleOfSamples) === length) return padToMultipleOfSamples
  const unit = frontEnd.kind === 'raw-waveform' ? 'samples' : 'frames'
  throw new WorkbenchError(
    'unsupported-model',
    `${folder.modelFile} of '${folder.name}' takes exactly ${length} ${unit}, but its audio is padded to a multiple of ${padToMultipleOfSamples} samples; expected a graph with a free length.`
  )
}
