/** Recipes as a page hands them over: checked, with every path inside the folders that the page may open. */
import { dirname, resolve } from 'node:path'
import { WorkbenchError } from '@contract/errors'
import type { Recipe } from '@contract/recipe'
import type { RecipeCheck, RecipeFile } from '@contract/workbench-data'
import { expandRecipe } from '../study/expand'
import type { AllowedFolders } from '../workspace/allowed-folders'
import { readTextFile } from '../workspace/files'
import { parseRecipe, planFiles, resolveRecipe } from './read-recipe'

/** A recipe file, or a text whose paths are relative to `folder`. */
export type RecipeSource = { readonly path: string } | { readonly text: string; readonly folder: string }

/** A recipe that means the same wherever it is read: its paths are absolute. */
export interface JobRecipe {
  readonly name: string
  /** JSON. */
  readonly text: string
}

/** What errors call a recipe that is not in a file. */
const draftName = 'draft'

/** Says what a recipe would do or where it is wrong; any other failure is thrown. */
export async function checkRecipe(
  text: string,
  folder: string,
  folders: AllowedFolders
): Promise<RecipeCheck> {
  try {
    const recipe = parseRecipe(text, draftName)
    const absolute = absoluteRecipe(recipe, folders.resolve(folder))
    // Plans are read to know the trials; everything else may be still to come.
    for (const plan of planFiles(absolute)) folders.resolve(plan)
    return {
      isValid: true,
      recipe,
      trialNames: await trialNames(absolute),
      missingPaths: dataPaths(absolute).filter((path) => !isThere(path, folders))
    }
  } catch (thrown) {
    if (!(thrown instanceof WorkbenchError)) throw thrown
    if (thrown.code !== 'invalid-input' && thrown.code !== 'not-found') throw thrown
    const { place } = thrown.details
    return { isValid: false, message: thrown.message, place: typeof place === 'string' ? place : '' }
  }
}

/**
 * Takes a recipe for the queue: a later change of its file does not change the job.
 *
 * @throws WorkbenchError `invalid-input` when it is wrong, `not-found` when something that it names is not there.
 */
export async function takeRecipe(source: RecipeSource, folders: AllowedFolders): Promise<JobRecipe> {
  const { text, folder, name } = await readRecipeSource(source, folders)
  const absolute = absoluteRecipe(parseRecipe(text, name), folder)
  // Before anything of it is read.
  for (const path of [...dataPaths(absolute), ...planFiles(absolute)]) folders.resolve(path)
  // Some mistakes, such as two trials of one name, show only here.
  await trialNames(absolute)
  return { name: absolute.name, text: JSON.stringify(absolute, null, 2) }
}

/**
 * A recipe's text for an editor, which shows what is wrong with it.
 *
 * @throws WorkbenchError `invalid-input` when it is no `.json` file: a page has no business with the text of others.
 */
export async function readRecipeFile(path: string): Promise<RecipeFile> {
  if (!path.toLowerCase().endsWith('.json')) {
    throw new WorkbenchError('invalid-input', `'${path}' is no recipe: choose a file that ends in .json.`)
  }
  return { text: await readTextFile(path), folder: dirname(path) }
}

/** How many trials a recipe of the queue has. */
export async function countTrials({ text, name }: JobRecipe): Promise<number> {
  return (await trialNames(parseRecipe(text, name))).length
}

/** The text of a recipe, and the folder that its paths are relative to. */
export async function readRecipeSource(
  source: RecipeSource,
  folders: AllowedFolders
): Promise<{ text: string; folder: string; name: string }> {
  if ('text' in source) {
    return { text: source.text, folder: folders.resolve(source.folder), name: draftName }
  }
  const path = folders.resolve(source.path)
  return { text: await readTextFile(path), folder: dirname(path), name: path }
}

/** The recipe with every path that it names relative to `folder` made absolute. */
function absoluteRecipe(recipe: Recipe, folder: string): Recipe {
  const { model, calibrationSet, developmentSet, evaluationSet, plans } = recipe
  return {
    ...recipe,
    model: resolve(folder, model),
    calibrationSet: resolve(folder, calibrationSet),
    ...(developmentSet === undefined ? {} : { developmentSet: resolve(folder, developmentSet) }),
    evaluationSet: resolve(folder, evaluationSet),
    plans: plans.map((planned) =>
      planned.plan === undefined ? planned : { ...planned, plan: resolve(folder, planned.plan) }
    )
  }
}

/** Of a recipe with absolute paths. Names do not depend on the tile of the machine, which only an engine measures. */
async function trialNames(absolute: Recipe): Promise<string[]> {
  const { recipe, rankMaps } = await resolveRecipe(absolute, '/')
  return expandRecipe(recipe, { rankMaps, measuredRankMultiple: 1 }).map(({ name }) => name)
}

function dataPaths({ model, calibrationSet, developmentSet, evaluationSet }: Recipe): string[] {
  return [model, calibrationSet, ...(developmentSet === undefined ? [] : [developmentSet]), evaluationSet]
}

function isThere(path: string, folders: AllowedFolders): boolean {
  try {
    folders.resolve(path)
    return true
  } catch (thrown) {
    if (thrown instanceof WorkbenchError && thrown.code === 'not-found') return false
    throw thrown
  }
}
