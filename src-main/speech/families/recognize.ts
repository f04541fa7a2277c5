/** Finds out what kind of speech model a folder holds. A new family, or a new layout of one, is one more row of the table. */
import { WorkbenchError } from '@contract/errors'
import type { JsonFields } from '../json-fields'
import { assertDrivable } from './assert-drivable'
import {
  describeHuggingFaceClassifier,
  describeLabelledGraph,
  labelsFileName
} from './audio-classifier-description'
import { describeCtcEncoder } from './ctc-encoder-description'
import type { SpeechModelDescription } from './family'
import { describeByModelFile, modelFileName } from './model-file-description'
import { readModelJson, type ModelFolder } from './model-folder'
import type { ModelInterface } from './model-interface'
import { describeNemoCtc } from './nemo-ctc-description'
import { describeSherpaCtc } from './sherpa-ctc-description'
import { findTokensFile } from './tokens-ctc-description'

/** What there is to recognise a model by. */
interface Evidence {
  readonly folder: ModelFolder
  readonly graph: ModelInterface
  /** config.json, when the folder has one. */
  readonly config: JsonFields | undefined
  /** `architectures` of config.json. */
  readonly architectures: readonly string[]
}

interface FamilyRow {
  /** Whether the evidence claims this kind of model; `describe` says whether the claim holds. */
  readonly matches: (evidence: Evidence) => boolean
  readonly describe: (evidence: Evidence) => Promise<SpeechModelDescription>
}

type DescribeWithConfig = (
  folder: ModelFolder,
  config: JsonFields,
  graph: ModelInterface
) => Promise<SpeechModelDescription>

/** Endings of Hugging Face's class names, and who reads such folders. */
const architectureSuffixes: ReadonlyMap<string, DescribeWithConfig> = new Map<string, DescribeWithConfig>([
  ['ForCTC', describeCtcEncoder],
  ['ForSequenceClassification', describeHuggingFaceClassifier],
  ['ForAudioClassification', describeHuggingFaceClassifier]
])

const rows: readonly FamilyRow[] = [
  {
    matches: ({ graph }) => graph.metadata.has('model_type'),
    describe: ({ folder, graph }) => describeSherpaCtc(folder, graph)
  },
  ...[...architectureSuffixes].map(([suffix, describe]): FamilyRow => ({
    matches: ({ architectures }) => architectures.some((name) => name.endsWith(suffix)),
    describe: ({ folder, graph, config }) => describe(folder, config!, graph)
  })),
  {
    // NeMo's own export notes nothing, but has these names. With a model type, the first row has judged it.
    matches: ({ folder, graph }) =>
      !graph.metadata.has('model_type') &&
      graph.inputs.some(({ name }) => name === 'audio_signal') &&
      findTokensFile(folder) !== undefined,
    describe: ({ folder, graph }) => describeNemoCtc(folder, graph)
  },
  {
    matches: ({ folder }) => folder.has(labelsFileName),
    describe: ({ folder, graph }) => describeLabelledGraph(folder, graph)
  }
]

/**
 * Recognizes the family of a model and checks that its files agree with its graph: by lathe-model.json, by the metadata of
 * sherpa-onnx, by the configuration of the Hugging Face layout, or by the names in the graph and the files beside it.
 *
 * - `graph` what the ONNX graph itself says about its inputs, outputs and origin.
 *
 * @throws WorkbenchError `unsupported-model` with one sentence that names the missing file, or the key with what was
 *   expected and found, of the first kind that the model claims to be.
 */
export async function recognizeFamily(
  folder: ModelFolder,
  graph: ModelInterface
): Promise<SpeechModelDescription> {
  const description = await describeFamily(folder, graph)
  assertDrivable(description)
  return description
}

async function describeFamily(folder: ModelFolder, graph: ModelInterface): Promise<SpeechModelDescription> {
  if (folder.has(modelFileName)) return describeByModelFile(folder, graph)
  const refusals: WorkbenchError[] = []
  const attempt = async <T>(read: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await read()
    } catch (error) {
      if (!(error instanceof WorkbenchError) || error.code !== 'unsupported-model') throw error
      refusals.push(error)
      return undefined
    }
  }
  const evidence = await attempt(() => gatherEvidence(folder, graph))
  if (evidence !== undefined) {
    for (const row of rows.filter(({ matches }) => matches(evidence))) {
      const description = await attempt(() => row.describe(evidence))
      if (description !== undefined) return description
    }
  }
  throw withHint(refusals[0] ?? unknownKind(folder, evidence))
}

async function gatherEvidence(folder: ModelFolder, graph: ModelInterface): Promise<Evidence> {
  const config = folder.has('config.json') ? await readModelJson(folder, 'config.json') : undefined
  return { folder, graph, config, architectures: config?.optionalStrings('architectures') ?? [] }
}

function unknownKind(folder: ModelFolder, evidence: Evidence | undefined): WorkbenchError {
  const config = evidence?.config
  return new WorkbenchError(
    'unsupported-model',
    config === undefined
      ? `'${folder.name}' has no config.json, no ${labelsFileName} and no model_type in the metadata of ${folder.modelFile} to tell what kind of model it is.`
      : `${config.where} has architectures [${evidence?.architectures.join(', ') ?? ''}], expected one that ends in ${[...architectureSuffixes.keys()].join(', ')}.`
  )
}

/** Every refusal ends with the way out. */
function withHint(refusal: WorkbenchError): WorkbenchError {
  return new WorkbenchError(
    refusal.code,
    `${refusal.message.replace(/\.$/u, '')}; or describe the model in a ${modelFileName} beside it, see docs/model-description.md.`,
    { details: refusal.details, cause: refusal }
  )
}
