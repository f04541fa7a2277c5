import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { recipeSchema } from './recipe'
import { trainingRecipeSchema } from './training'

describe('the published JSON Schema', () => {
  // Editors complete and check recipes with it. After a change of a schema: npx vitest run src-preload/contract -u
  it.each([
    { of: 'recipes', title: 'Lathe recipe', schema: recipeSchema, file: 'recipe.schema.json' },
    {
      of: 'training recipes',
      title: 'Lathe training recipe',
      schema: trainingRecipeSchema,
      file: 'training-recipe.schema.json'
    }
  ])('is that of the $of which are read', async ({ title, schema, file }) => {
    const published = { title, ...z.toJSONSchema(schema, { io: 'input' }) }
    await expect(`${JSON.stringify(published, null, 2)}\n`).toMatchFileSnapshot(`../../resources/${file}`)
  })
})
