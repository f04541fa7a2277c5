import { dirname, resolve } from 'node:path'
import { WorkbenchError, wrapError } from '@contract/errors'
import { planFileSchema, rankMapOf, rankMapSchema, type RankMap } from '@contract/rank-plan'
import { recipeSchema, type Recipe } from '@contract/recipe'
import { readTextFile } from '../workspace/files'

/** A recipe with its defaults filled in, its paths absolute and its plan files read. */
export interface ResolvedRecipe {
  readonly recipe: Recipe
  readonly modelPath: string
  readonly calibrationPath: string
  readonly evaluationPath: string
  readonly developmentPath: string | undefined
  /** Rank map of each plan file, by the path as the recipe writes it. */
  readonly rankMaps: Readonly<Record<string, RankMap>>
}

/**
 * Reads and checks a recipe file and the plan files that it names.
 *
 * @throws WorkbenchError `not-found`, or `invalid-input` that names the member at fault.
 */
export async function readRecipe(recipePath: string): Promise<ResolvedRecipe> {
  return resolveRecipe(parseRecipe(await readTextFile(recipePath), recipePath), dirname(recipePath))
}

/** The same for a recipe whose paths are relative to `folder`. */
export async function resolveRecipe(recipe: Recipe, folder: string): Promise<ResolvedRecipe> {
  const fromRecipe = (path: string) => resolve(folder, path)
  const rankMaps: Record<string, RankMap> = {}
  for (const plan of planFiles(recipe)) rankMaps[plan] ??= await readRankMap(fromRecipe(plan))
  return {
    recipe,
    modelPath: fromRecipe(recipe.model),
    calibrationPath: fromRecipe(recipe.calibrationSet),
    evaluationPath: fromRecipe(recipe.evaluationSet),
    developmentPath: recipe.developmentSet === undefined ? undefined : fromRecipe(recipe.developmentSet),
    rankMaps
  }
}

/** The plan files that a recipe names, as it writes them. */
export function planFiles({ plans }: Pick<Recipe, 'plans'>): string[] {
  return plans.flatMap(({ plan }) => (plan === undefined ? [] : [plan]))
}

/**
 * Ranks from a file: a plan that Lathe exported, or only a map from layer id to rank or `dense`.
 *
 * @throws WorkbenchError `not-found`, or `invalid-input` that names the member at fault.
 */
export async function readRankMap(path: string): Promise<RankMap> {
  const json = parseJson(await readTextFile(path), `The plan '${path}'`)
  const isPlan = typeof json === 'object' && json !== null && 'planVersion' in json
  const parsed = isPlan ? planFileSchema.transform(rankMapOf).safeParse(json) : rankMapSchema.safeParse(json)
  if (parsed.success) return parsed.data
  throw wrongAt(`The plan '${path}'`, parsed.error)
}

/**
 * The recipe that a text holds, with its defaults filled in.
 *
 * @throws WorkbenchError `invalid-input` that names the member at fault, also as `details.place` (`grids.0.methods`;
 * absent when the text is no JSON).
 */
export function parseRecipe(text: string, name: string): Recipe {
  const subject = `The recipe '${name}'`
  const parsed = recipeSchema.safeParse(parseJson(text, subject))
  if (parsed.success) return parsed.data
  throw wrongAt(subject, parsed.error)
}

/** @throws WorkbenchError `invalid-input` that names `subject`, the head of the sentence. */
export function parseJson(text: string, subject: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    // The engine's words may quote the text, line breaks included.
    const reason = (error as Error).message.replaceAll(/\s+/g, ' ')
    throw wrapError(error, 'invalid-input', `${subject} is not JSON: ${reason}.`)
  }
}

/** What a schema says about a value that it refuses. */
interface ParseFailure {
  readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]
}

/** What is wrong with `subject` where a schema refused it, as an error to be thrown. */
export function wrongAt(subject: string, { issues }: ParseFailure): WorkbenchError {
  const issue = issues[0]
  const place = issue === undefined || issue.path.length === 0 ? 'its top level' : `'${issue.path.join('.')}'`
  return new WorkbenchError(
    'invalid-input',
    `${subject} is wrong at ${place}: ${issue?.message ?? 'unknown'}.`,
    { details: { place: issue?.path.join('.') ?? '' } }
  )
}
