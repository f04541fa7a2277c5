import { defineStore } from 'pinia'
import { checkRecipeText } from '../recipes/check-recipe-text'
import { newRecipe, type NewRecipe } from '../recipes/new-recipe'
import { recipeText, type RecipeForm } from '../recipes/recipe-form'
import { recipeDrafts } from './recipe-drafts'

/** The recipes of studies that are being written. */
export const useStudyDraftStore = defineStore('study-draft', () =>
  recipeDrafts<RecipeForm, NewRecipe>({
    storageKey: 'lathe.study-drafts',
    check: checkRecipeText,
    textOf: recipeText,
    begin: newRecipe,
    empty: () => newRecipe({ name: '' }),
    isForm(value) {
      const { grids, plans, gates } = value as Partial<RecipeForm>
      return [grids, plans, gates].every(Array.isArray)
    }
  })
)
