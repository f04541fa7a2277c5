import { dirname, join, resolve } from 'node:path'
import { demoSeed } from '@contract/demo-speech'
import type { TrainingEvent, TrainingRecipe } from '@contract/training'
import type { EngineLauncher } from '../engine/launcher'
import { readFileIfPresent, readTextFile, writeFile } from '../workspace/files'
import { openWorkspace } from '../workspace/workspace'
import { makeDemoSpeech } from './make-demo-speech'
import type { ServiceOptions } from './requests'
import { parseTrainingRecipe, trainModel, type TrainResult } from './train-model'
import { withEngine } from './with-engine'

export interface TrainDemoRequest {
  /** What Lathe carries: the recipe in `training`, and the development set in `demo`, by which weights are chosen. */
  readonly resourcesFolder: string
  /** Where speech and untrained model are made, checkpoints kept and the recipe put. */
  readonly workspaceFolder: string
  /** Other weights to start from, another order of the data, other masks; the recipe's own when left out. */
  readonly seed: number | undefined
  /** Fewer or more than the recipe's. */
  readonly steps: number | undefined
  readonly outputFolder: string | undefined
  readonly onTraining?: (event: TrainingEvent) => void
}

/**
 * Trains the demo's model as Lathe's own was trained: speaks the training set with espeak-ng, writes the untrained model, and trains
 * by the recipe. What is there already is not made again; the prepared folder can also be trained with `lathe train`.
 *
 * @throws WorkbenchError `not-found` when espeak-ng is missing; otherwise as `trainModel`.
 */
export async function trainDemo(
  launcher: EngineLauncher,
  request: TrainDemoRequest,
  options: ServiceOptions = {}
): Promise<TrainResult> {
  const { resourcesFolder, workspaceFolder, seed, steps, onTraining } = request
  const recipePath = join(resourcesFolder, 'training', 'demo-conformer.json')
  const committed = parseTrainingRecipe(await readTextFile(recipePath), recipePath)
  const recipe: TrainingRecipe = {
    ...committed,
    ...(steps === undefined ? {} : { steps, epochs: undefined }),
    seed: seed ?? committed.seed,
    developmentSet: resolve(resourcesFolder, 'demo', 'development.jsonl')
  }
  // A workspace takes other folders in, but a folder with others in it becomes none.
  openWorkspace(workspaceFolder).close()
  const preparedPath = join(workspaceFolder, 'demo', 'recipe.json')
  const place = (path: string) => resolve(dirname(preparedPath), path)
  await withEngine(launcher, (engine) =>
    engine.request('demo.model', { folder: place(recipe.model), seed: recipe.seed }, options)
  )
  await speakTrainingSet(launcher, dirname(preparedPath), options)
  await writeFile(preparedPath, new TextEncoder().encode(`${JSON.stringify(recipe, null, 2)}\n`))
  return trainModel(
    launcher,
    {
      recipePath: preparedPath,
      workspaceFolder,
      outputFolder: request.outputFolder,
      ...(onTraining === undefined ? {} : { onTraining })
    },
    options
  )
}

/** Takes a quarter of an hour, so a set that is complete is not made again: its manifest is written last. */
async function speakTrainingSet(
  launcher: EngineLauncher,
  outputFolder: string,
  options: ServiceOptions
): Promise<void> {
  if (readFileIfPresent(join(outputFolder, 'training.jsonl')) !== undefined) return
  await makeDemoSpeech(launcher, { part: 'training', outputFolder, seed: demoSeed }, options)
}
