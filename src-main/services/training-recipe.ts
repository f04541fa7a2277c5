import { resolve } from 'node:path'
import type { TrainingRecipe } from '@contract/training'
import type { AllowedFolders } from '../workspace/allowed-folders'
import { readRecipeSource, type JobRecipe, type RecipeSource } from './job-recipe'
import { parseTrainingRecipe } from './train-model'

/**
 * Takes a training recipe for the queue: a later change of its file does not change the job.
 *
 * @throws WorkbenchError `invalid-input` when it is wrong, `not-found` when something that it names is not there.
 */
export async function takeTrainingRecipe(source: RecipeSource, folders: AllowedFolders): Promise<JobRecipe> {
  const { text, folder, name } = await readRecipeSource(source, folders)
  const recipe = parseTrainingRecipe(text, name)
  const allowed = (path: string) => folders.resolve(resolve(folder, path))
  const absolute: TrainingRecipe = {
    ...recipe,
    model: allowed(recipe.model),
    trainingSet: allowed(recipe.trainingSet),
    ...(recipe.developmentSet === undefined ? {} : { developmentSet: allowed(recipe.developmentSet) })
  }
  return { name: absolute.name, text: JSON.stringify(absolute, null, 2) }
}
