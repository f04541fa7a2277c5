import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { z } from 'zod'
import type { recipeSchema } from '@contract/recipe'
import { writeTinyData, type TinyDataOptions } from './tiny-speech-data'
import { writeTinyModel, type TinyFrontEnd } from './tiny-speech-model'

/** A recipe as a user writes it: defaults left out. */
export type RecipeText = z.input<typeof recipeSchema>

/** Everything that a study on the tiny model needs, in one folder. */
export interface TinyStudy {
  readonly folder: string
  readonly model: string
  readonly calibration: string
  readonly evaluation: string
  readonly recipe: string
  /** Where the study's results go; not made yet. */
  readonly workspace: string
}

export interface TinyStudyOptions {
  readonly frontEnd?: TinyFrontEnd
  readonly evaluation?: Omit<TinyDataOptions, 'seed'>
  readonly grids?: RecipeText['grids']
}

/** The trials of a study on the tiny model when nothing else is asked for, in order. */
export const tinyTrialNames = [
  'baseline',
  'int8',
  'weight-svd 75%',
  'weight-svd 50%',
  'whitened-svd 75%',
  'whitened-svd 50%',
  'whitened-svd 50% int8'
]

const tinyGrids: RecipeText['grids'] = [
  { methods: ['weight-svd', 'whitened-svd'], retainedFractions: [0.75, 0.5] },
  { methods: ['whitened-svd'], retainedFractions: [0.5], precisions: ['int8'] }
]

/** Writes model, data and recipe into `folder`, which is made. Nothing of it depends on where the folder is. */
export function writeTinyStudy(folder: string, options: TinyStudyOptions = {}): TinyStudy {
  mkdirSync(folder, { recursive: true })
  const study: TinyStudy = {
    folder,
    model: writeTinyModel(join(folder, 'model'), options.frontEnd),
    calibration: writeTinyData(join(folder, 'calibration.jsonl'), { utterances: 6, seed: 1 }),
    evaluation: writeTinyData(join(folder, 'evaluation.jsonl'), {
      utterances: 8,
      ...options.evaluation,
      seed: 2
    }),
    recipe: join(folder, 'recipe.json'),
    workspace: join(folder, 'workspace')
  }
  writeRecipe(study.recipe, tinyRecipe({ grids: options.grids ?? tinyGrids }))
  return study
}

/** The recipe of the tiny study with members of your own. */
export function tinyRecipe(changes: Partial<RecipeText> = {}): RecipeText {
  return {
    recipeVersion: 1,
    name: 'tiny study',
    model: 'model',
    calibrationSet: 'calibration.jsonl',
    evaluationSet: 'evaluation.jsonl',
    grids: tinyGrids,
    ...changes
  }
}

/** Takes anything, since a wrong recipe is a test too. */
export function writeRecipe(path: string, recipe: unknown): void {
  writeFileSync(path, JSON.stringify(recipe, null, 2))
}
