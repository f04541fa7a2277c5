import { WorkbenchError } from '@contract/errors'
import type { LibraryFacts, ModelFacts } from '@contract/library'
import type { ModelDescription } from '@contract/model'
import type { EngineClient } from '../engine/client'
import type { EngineLauncher } from '../engine/launcher'
import { openModelFolder, type ModelFolderFiles } from '../workspace/model-folder'
import { readModelCard } from './read-model-card'
import { readModelTraining } from './read-model-training'
import type { ServiceOptions } from './requests'
import { withEngine } from './with-engine'

/** What a path is: facts, or why it is neither a model nor a data set. */
export type RecognizedPath = { readonly facts: LibraryFacts } | { readonly reasons: readonly string[] }

/**
 * Finds out whether a path is a model or a data set. Reads all of a model, and of a data set the transcripts and a few
 * recordings.
 *
 * @throws WorkbenchError `not-found` when there is nothing, `cancelled`, `crashed`: everything that is no answer.
 */
export async function previewPath(
  launcher: EngineLauncher,
  path: string,
  options: ServiceOptions = {}
): Promise<RecognizedPath> {
  return withEngine(launcher, async (engine) => {
    const model = tryOpen(path)
    const asModel = typeof model === 'string' ? model : await tryModel(engine, path, { model, options })
    if (typeof asModel !== 'string') return { facts: asModel }
    // A file that calls itself a model is no data set, and what the readers of tables say of it helps nobody.
    if (path.toLowerCase().endsWith('.onnx')) return { reasons: [asModel] }
    const asDataset = await refusalOr(engine.request('dataset.peek', { datasetPath: path }, options))
    return typeof asDataset === 'string' ? { reasons: [asModel, asDataset] } : { facts: asDataset }
  })
}

/** The folder of a model, or why it is none. */
function tryOpen(path: string): ModelFolderFiles | string {
  try {
    return openModelFolder(path)
  } catch (thrown) {
    return refusal(thrown)
  }
}

async function tryModel(
  engine: EngineClient,
  path: string,
  { model, options }: { model: ModelFolderFiles; options: ServiceOptions }
): Promise<ModelFacts | string> {
  const described = await refusalOr(engine.request('model.describe', { modelPath: path }, options))
  if (typeof described === 'string') return described
  const training = await readModelTraining(model, described.modelHash)
  return {
    ...modelFacts(described),
    ...(await readModelCard(model)),
    ...(training === undefined ? {} : { training })
  }
}

function modelFacts(description: ModelDescription): Omit<ModelFacts, 'license' | 'languages' | 'training'> {
  const { modelHash, sizeBytes, parameterCount, layers, family, familyRefusal, sampleRateHz } = description
  return {
    kind: 'model',
    modelHash,
    sizeBytes,
    parameterCount,
    linearLayers: layers.length,
    family: family ?? null,
    familyRefusal: familyRefusal ?? null,
    sampleRateHz: sampleRateHz ?? null
  }
}

async function refusalOr<T>(answer: Promise<T>): Promise<T | string> {
  try {
    return await answer
  } catch (thrown) {
    return refusal(thrown)
  }
}

/** What a reader says of something that it cannot read; everything else is no answer and is thrown on. */
function refusal(thrown: unknown): string {
  const isAnswer =
    thrown instanceof WorkbenchError &&
    ['invalid-input', 'not-found', 'unsupported-model'].includes(thrown.code)
  if (!isAnswer) throw thrown
  return thrown.message
}
