import { dirname, resolve } from 'node:path'
import { WorkbenchError, wrapError } from '@contract/errors'
import { recipeSchema, type Recipe } from '@contract/recipe'
import { readTextFile } from '../workspace/files'

/** A recipe with its defaults filled in and its paths absolute. */
export interface ResolvedRecipe {
  readonly recipe: Recipe
  readonly modelPath: string
  readonly calibrationPath: string
  readonly evaluationPath: string
}

/**
 * Reads and checks a recipe file.
 *
 * @throws WorkbenchError `not-found`, or `invalid-input` that names the member at fault.
 */
export async function readRecipe(recipePath: string): Promise<ResolvedRecipe> {
  const recipe = parseRecipe(await readTextFile(recipePath), recipePath)
  const fromRecipe = (path: string) => resolve(dirname(recipePath), path)
  return {
    recipe,
    modelPath: fromRecipe(recipe.model),
    calibrationPath: fromRecipe(recipe.calibrationSet),
    evaluationPath: fromRecipe(recipe.evaluationSet)
  }
}

/** @throws WorkbenchError `invalid-input` that names the member at fault. */
export function parseRecipe(text: string, name: string): Recipe {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    // The engine's words may quote the text, line breaks included.
    const reason = (error as Error).message.replaceAll(/\s+/g, ' ')
    throw wrapError(error, 'invalid-input', `The recipe '${name}' is not JSON: ${reason}.`)
  }
  const parsed = recipeSchema.safeParse(json)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const place = issue === undefined || issue.path.length === 0 ? 'its top level' : `'${issue.path.join('.')}'`
  throw new WorkbenchError(
    'invalid-input',
    `The recipe '${name}' is wrong at ${place}: ${issue?.message ?? 'unknown'}.`
  )
}
