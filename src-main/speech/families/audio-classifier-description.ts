/**
 * Reads audio classifiers: in the Hugging Face layout, or a graph that hears the waveform with nothing but labels.txt
 * beside it.
 */
import { WorkbenchError } from '@contract/errors'
import type { FrontEnd } from '../features/front-end'
import type { JsonFields } from '../json-fields'
import { parseLabels, readIdToLabel } from '../text/labels'
import type { AudioClassifierDescription } from './family'
import { findFixedSamples, findInputs, findOutput } from './graph-ports'
import { readHuggingFaceSound } from './hugging-face-front-end'
import { readModelText, type ModelFolder } from './model-folder'
import { formatValues, type ModelInterface } from './model-interface'
import { findSidecars } from './sidecars'

export const labelsFileName = 'labels.txt'

/** What nearly all speech models are trained on; a graph alone does not tell. */
const usualSampleRateHz = 16000

/**
 * A folder with config.json and preprocessor_config.json.
 *
 * @throws WorkbenchError `unsupported-model`, see `recognizeFamily`.
 */
export async function describeHuggingFaceClassifier(
  folder: ModelFolder,
  config: JsonFields,
  graph: ModelInterface
): Promise<AudioClassifierDescription> {
  const sound = await readHuggingFaceSound(folder, config)
  const { frontEnd, padToMultipleOfSamples } = sound
  const { labels, source } = await readLabels(folder, config)
  const { input, companionInputs } = findInputs(folder, graph, frontEnd)
  const output = findOutput(folder, graph, { pattern: ['batch', labels.length], source })
  const fixedSamples = findFixedSamples(folder, input, frontEnd, padToMultipleOfSamples)
  return {
    family: 'audio-classifier',
    name: folder.name,
    modelFile: folder.modelFile,
    ...sound,
    inputName: input.name,
    companionInputs,
    outputName: output.name,
    // An extractor that fills whole chunks also cuts off what is beyond the first.
    maximumSamples: fixedSamples ?? (frontEnd.kind === 'raw-waveform' ? undefined : padToMultipleOfSamples),
    longerAudio: 'crop',
    labels,
    scores: 'logits',
    sidecars: findSidecars(folder)
  }
}

/**
 * A folder with labels.txt: the graph hears the waveform at 16 kHz and gives logits in the order of the lines. A graph of
 * fixed length hears the beginning of longer audio and shorter audio followed by zeros, as TensorFlow's `decode_wav` with
 * `desired_samples` gives it and keyword models are trained.
 *
 * @throws WorkbenchError `unsupported-model`, see `recognizeFamily`.
 */
export async function describeLabelledGraph(
  folder: ModelFolder,
  graph: ModelInterface
): Promise<AudioClassifierDescription> {
  const labels = parseLabels(await readModelText(folder, labelsFileName), labelsWhere(folder))
  const frontEnd: FrontEnd = { kind: 'raw-waveform', normalize: false }
  if (graph.inputs.some(({ dataType, dims }) => dataType === 'float32' && dims?.length === 3)) {
    throw new WorkbenchError(
      'unsupported-model',
      `${folder.modelFile} of '${folder.name}' takes ${formatValues(graph.inputs)}, and ${labelsFileName} alone does not say how such features are computed.`
    )
  }
  const { input, companionInputs } = findInputs(folder, graph, frontEnd)
  const output = findOutput(folder, graph, { pattern: ['batch', labels.length], source: labelsFileName })
  const length = input.dims?.[1]
  const fixedSamples = typeof length === 'number' ? length : undefined
  return {
    family: 'audio-classifier',
    name: folder.name,
    modelFile: folder.modelFile,
    frontEnd,
    inputName: input.name,
    companionInputs,
    outputName: output.name,
    sampleRateHz: usualSampleRateHz,
    padToMultipleOfSamples: fixedSamples ?? 1,
    minimumSamples: 1,
    maximumSamples: fixedSamples,
    longerAudio: 'crop',
    labels,
    scores: 'logits',
    sidecars: findSidecars(folder)
  }
}

/** labels.txt, which someone put there, before `id2label`, which may hold placeholders. */
async function readLabels(
  folder: ModelFolder,
  config: JsonFields
): Promise<{ readonly labels: string[]; readonly source: string }> {
  if (folder.has(labelsFileName)) {
    return {
      labels: parseLabels(await folder.readText(labelsFileName), labelsWhere(folder)),
      source: labelsFileName
    }
  }
  const labels = readIdToLabel(config)
  if (labels === undefined) {
    throw new WorkbenchError(
      'unsupported-model',
      `'${folder.name}' does not name its classes, expected 'id2label' in config.json or a file ${labelsFileName}.`
    )
  }
  return { labels, source: 'id2label in config.json' }
}

function labelsWhere(folder: ModelFolder): string {
  return `${labelsFileName} of '${folder.name}'`
}
