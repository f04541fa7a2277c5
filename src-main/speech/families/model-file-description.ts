/**
 * Reads `lathe-model.json`, with which a user describes a model that nothing else describes. It wins over recognition.
 * The format is documented in docs/model-description.md.
 */
import type { Dimension } from '../../onnx/ir/model'
import { scoreKinds } from '../decode/classify'
import { frontEndMinimumSamples, type FrontEnd } from '../features/front-end'
import { JsonFields } from '../json-fields'
import { parseCtcVocabulary, type CtcVocabulary } from '../text/ctc-vocabulary'
import { parseLabels } from '../text/labels'
import { parseTokensFile } from '../text/tokens-file'
import type { DrivenModel, SpeechModelDescription } from './family'
import { findFixedSamples, findInputs, findOutput } from './graph-ports'
import { readFrontEndFields } from './model-file-front-end'
import type { ModelFolder } from './model-folder'
import type { ModelInterface } from './model-interface'
import { findSidecars } from './sidecars'

export const modelFileName = 'lathe-model.json'

const families = ['ctc-encoder', 'audio-classifier'] as const

const commonKeys = [
  'family',
  'sampleRateHz',
  'frontEnd',
  'input',
  'lengthInput',
  'maskInput',
  'output',
  'padToMultipleOfSamples',
  'minimumSamples',
  'maximumSamples'
] as const
const ctcKeys = ['tokens', 'vocabulary', 'blank', 'wordDelimiter', 'wordMarker', 'samplesPerFrame'] as const
const classifierKeys = ['labels', 'scores', 'longerAudio'] as const

/** @throws WorkbenchError `unsupported-model` naming the key that is missing, unknown or does not fit the graph. */
export async function describeByModelFile(
  folder: ModelFolder,
  graph: ModelInterface
): Promise<SpeechModelDescription> {
  const where = `${modelFileName} of '${folder.name}'`
  const fields = JsonFields.parse(await folder.readText(modelFileName), where, 'unsupported-model')
  const family = fields.choice('family', families)
  fields.allowOnly([...commonKeys, ...(family === 'ctc-encoder' ? ctcKeys : classifierKeys)])
  const source = new ModelFile(folder, graph, fields)
  return family === 'ctc-encoder' ? describeCtc(source) : describeClassifier(source)
}

async function describeCtc(source: ModelFile): Promise<SpeechModelDescription> {
  const { fields } = source
  const { fileName, vocabulary } = await source.vocabulary()
  const driven = source.driven(['batch', 'frames', vocabulary.tokens.length], fileName)
  const samplesPerFrame = fields.optionalInteger('samplesPerFrame', 1)
  return {
    ...driven,
    family: 'ctc-encoder',
    longerAudio: 'refuse',
    framesPerSecond: samplesPerFrame === undefined ? undefined : driven.sampleRateHz / samplesPerFrame,
    vocabulary
  }
}

async function describeClassifier(source: ModelFile): Promise<SpeechModelDescription> {
  const { fields } = source
  const fileName = source.fileName('labels')
  const labels = parseLabels(await source.folder.readText(fileName), `${fileName} of '${source.folder.name}'`)
  return {
    ...source.driven(['batch', labels.length], fileName),
    family: 'audio-classifier',
    longerAudio: fields.optionalChoice('longerAudio', ['crop', 'refuse']) ?? 'crop',
    labels,
    scores: fields.optionalChoice('scores', scoreKinds) ?? 'logits'
  }
}

/** The file, the folder that it lies in and the graph that it describes. */
class ModelFile {
  readonly folder: ModelFolder
  readonly fields: JsonFields
  readonly #graph: ModelInterface

  constructor(folder: ModelFolder, graph: ModelInterface, fields: JsonFields) {
    this.folder = folder
    this.fields = fields
    this.#graph = graph
  }

  /** A file beside the model that `key` must name. */
  fileName(key: string): string {
    const fileName = this.fields.string(key)
    // A name, not a path: a copy of the folder must be complete.
    if (/[\\/]/u.test(fileName) || !this.folder.has(fileName)) {
      throw this.fields.mismatch(key, `the name of a file beside ${this.folder.modelFile}`, fileName)
    }
    return fileName
  }

  async vocabulary(): Promise<{ readonly fileName: string; readonly vocabulary: CtcVocabulary }> {
    const { fields, folder } = this
    const key = fields.has('vocabulary') ? 'vocabulary' : 'tokens'
    if (fields.has('tokens') && fields.has('vocabulary')) {
      throw fields.mismatch('vocabulary', "to be left out beside 'tokens'", fields.string('vocabulary'))
    }
    const fileName = this.fileName(key)
    const text = await folder.readText(fileName)
    const classes = this.#classes()
    const blankId = fields.optionalInteger('blank', 0)
    const where = `${fileName} of '${folder.name}'`
    const vocabulary =
      key === 'tokens'
        ? parseTokensFile({ text, where, classes, blankId })
        : parseCtcVocabulary({
            vocabularyText: text,
            classes: classes ?? JsonFields.parse(text, where, 'unsupported-model').entries().length,
            blankId,
            modelName: folder.name
          })
    return {
      fileName,
      vocabulary: {
        ...vocabulary,
        wordDelimiter: fields.optionalString('wordDelimiter') ?? vocabulary.wordDelimiter,
        wordMarker: fields.optionalString('wordMarker') ?? vocabulary.wordMarker
      }
    }
  }

  /**
   * What both families share.
   *
   * - `outputPattern` dimensions of the scores; `outputSource` the file that tells how many there are.
   */
  driven(outputPattern: readonly Dimension[], outputSource: string): Omit<DrivenModel, 'longerAudio'> {
    const { folder, fields } = this
    const sampleRateHz = fields.integer('sampleRateHz', 1)
    const frontEnd = readFrontEndFields(fields.object('frontEnd'), sampleRateHz)
    const names = {
      input: this.#portName('input', 'inputs'),
      lengthInput: this.#portName('lengthInput', 'inputs'),
      maskInput: this.#portName('maskInput', 'inputs')
    }
    const { input, companionInputs } = findInputs(folder, this.#graph, frontEnd, names)
    const output = findOutput(folder, this.#graph, {
      pattern: outputPattern,
      source: outputSource,
      name: this.#portName('output', 'outputs')
    })
    const padToMultipleOfSamples = fields.optionalInteger('padToMultipleOfSamples', 1) ?? 1
    const fixedSamples = findFixedSamples(folder, input, frontEnd, padToMultipleOfSamples)
    return {
      name: folder.name,
      modelFile: folder.modelFile,
      frontEnd,
      inputName: input.name,
      companionInputs,
      outputName: output.name,
      sampleRateHz,
      padToMultipleOfSamples,
      minimumSamples: this.#minimumSamples(frontEnd),
      maximumSamples: fixedSamples ?? fields.optionalInteger('maximumSamples', 1),
      sidecars: findSidecars(folder, this.#namedFiles())
    }
  }

  /** Width of the output, when the graph tells. */
  #classes(): number | undefined {
    const output = findOutput(this.folder, this.#graph, {
      pattern: ['batch', 'frames', 'classes'],
      source: modelFileName,
      name: this.#portName('output', 'outputs')
    })
    const classes = output.dims?.[2]
    return typeof classes === 'number' ? classes : undefined
  }

  #portName(key: string, ports: 'inputs' | 'outputs'): string | undefined {
    const name = this.fields.optionalString(key)
    const known = this.#graph[ports].map((value) => value.name)
    if (name !== undefined && !known.includes(name)) {
      throw this.fields.mismatch(
        key,
        `one of the ${ports} of ${this.folder.modelFile}: ${known.join(', ')}`,
        name
      )
    }
    return name
  }

  #minimumSamples(frontEnd: FrontEnd): number {
    const needed = frontEndMinimumSamples(frontEnd)
    return Math.max(needed, this.fields.optionalInteger('minimumSamples', 1) ?? needed)
  }

  #namedFiles(): string[] {
    return ['tokens', 'vocabulary', 'labels']
      .filter((key) => this.fields.has(key))
      .map((key) => this.fields.string(key))
  }
}
