import { dirname, resolve } from 'node:path'
import type { TrainingEvent, TrainingRecipe } from '@contract/training'
import { trainingRecipeSchema } from '@contract/training'
import type { EngineClient } from '../engine/client'
import type { EngineLauncher } from '../engine/launcher'
import type { DatasetDescription, ExportResult, TrainedModel } from '../engine/protocol'
import { assertDisjointSets } from '../study/disjoint-sets'
import { estimateTraining } from '../study/estimate-memory'
import { readTextFile } from '../workspace/files'
import { systemResources } from '../workspace/machine-resources'
import { parseJson, wrongAt } from './read-recipe'
import { trainingDocuments } from './report/training-documents'
import type { ResourceOptions, ServiceOptions } from './requests'
import { assertFits, findShortfalls, type MachineRoom } from './resource-needs'
import { withEngine } from './with-engine'

export interface TrainRequest extends ResourceOptions {
  readonly recipePath: string
  readonly workspaceFolder: string
  /** Folder for the trained model with everything it needs; nothing is exported when left out. */
  readonly outputFolder: string | undefined
  readonly onTraining?: (event: TrainingEvent) => void
}

export interface TrainResult {
  readonly trained: TrainedModel
  readonly exported: ExportResult | undefined
}

/**
 * Trains a model by a recipe file. A training that was stopped goes on from its last checkpoint, one that is finished is not
 * done again.
 *
 * @throws WorkbenchError `invalid-input` for a wrong recipe or sets that share recordings, `resources` when it does not fit on
 *   the machine, `cancelled`, `numerical`.
 */
export async function trainModel(
  launcher: EngineLauncher,
  request: TrainRequest,
  options: ServiceOptions = {},
  machine: MachineRoom = systemResources
): Promise<TrainResult> {
  const { recipePath, workspaceFolder, outputFolder, onTraining } = request
  const recipe = parseTrainingRecipe(await readTextFile(recipePath), recipePath)
  const fromRecipe = (path: string) => resolve(dirname(recipePath), path)
  const modelPath = fromRecipe(recipe.model)
  const trainingPath = fromRecipe(recipe.trainingSet)
  const developmentPath = recipe.developmentSet === undefined ? undefined : fromRecipe(recipe.developmentSet)
  return withEngine(launcher, async (engine) => {
    if (request.isForced !== true) {
      await assertTrainingFits(
        engine,
        { modelPath, recipe, folder: resolve(workspaceFolder), machine },
        options
      )
    }
    const { training, development } = await describeSets(engine, { trainingPath, developmentPath }, options)
    const trained = await engine.request(
      'model.train',
      {
        modelPath,
        recipe,
        trainingPath,
        developmentPath,
        trainingHash: training.datasetHash,
        developmentHash: development?.datasetHash,
        workspaceFolder: resolve(workspaceFolder)
      },
      { ...options, ...(onTraining === undefined ? {} : { onTraining }) }
    )
    if (outputFolder === undefined) return { trained, exported: undefined }
    const original = await engine.request('model.recognize', { modelPath }, options)
    const documents = trainingDocuments({
      recipe,
      trained,
      parentModelHash: original.modelHash,
      trainingHash: training.datasetHash,
      developmentHash: development?.datasetHash
    })
    const { modelFile } = trained
    const exported = await engine.request(
      'model.export',
      { original, modelFile, outputFolder, documents },
      options
    )
    return { trained, exported }
  })
}

async function assertTrainingFits(
  engine: EngineClient,
  { modelPath, recipe, folder, machine }: TrainingPlace,
  options: ServiceOptions
): Promise<void> {
  const { trainable, frozen, batches, gradientCheckpointing } = recipe
  const model = await engine.request('model.describe', { modelPath }, options)
  const { parameters } = await engine.request(
    'model.countTrainable',
    { modelPath, trainable, frozen },
    options
  )
  const { memoryBytes, diskBytes } = estimateTraining(model, {
    trainedParameters: parameters,
    batchAudioSeconds: batches.audioSeconds,
    isCheckpointed: gradientCheckpointing
  })
  const disk = [{ folder, bytes: diskBytes }]
  assertFits('This training', findShortfalls(machine, { memoryBytes, disk }))
}

/** What is trained, and where its checkpoints go. */
interface TrainingPlace {
  readonly modelPath: string
  readonly recipe: TrainingRecipe
  readonly folder: string
  readonly machine: MachineRoom
}

/**
 * The training recipe that a text holds, with its defaults filled in.
 *
 * @throws WorkbenchError `invalid-input` that names the member at fault.
 */
export function parseTrainingRecipe(text: string, name: string): TrainingRecipe {
  const subject = `The training recipe '${name}'`
  const parsed = trainingRecipeSchema.safeParse(parseJson(text, subject))
  if (parsed.success) return parsed.data
  throw wrongAt(subject, parsed.error)
}

async function describeSets(
  engine: EngineClient,
  {
    trainingPath,
    developmentPath
  }: { readonly trainingPath: string; readonly developmentPath: string | undefined },
  options: ServiceOptions
): Promise<{ readonly training: DatasetDescription; readonly development: DatasetDescription | undefined }> {
  const describe = (datasetPath: string) => engine.request('dataset.describe', { datasetPath }, options)
  const training = await describe(trainingPath)
  if (developmentPath === undefined) return { training, development: undefined }
  const development = await describe(developmentPath)
  assertDisjointSets([
    { name: 'training set', audioHashes: training.audioHashes },
    { name: 'development set', audioHashes: development.audioHashes }
  ])
  return { training, development }
}
