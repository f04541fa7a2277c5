import { recipeSchema } from '@contract/recipe'
import { withPreset } from './presets'
import type { RecipeForm } from './recipe-form'

/** What is known when a draft begins. */
export interface NewRecipe {
  readonly name: string
  readonly model?: string | undefined
  readonly calibrationSet?: string | undefined
  readonly evaluationSet?: string | undefined
}

/** A first comparison on what is known; what is not known is left empty for the user. */
export function newRecipe({
  name,
  model = '',
  calibrationSet = '',
  evaluationSet = ''
}: NewRecipe): RecipeForm {
  const recipe = recipeSchema.parse({
    recipeVersion: 1,
    name: '-',
    model: '-',
    calibrationSet: '-',
    evaluationSet: '-'
  })
  return withPreset({ ...recipe, name, model, calibrationSet, evaluationSet }, 'first-comparison')
}
