import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { recipeSchema } from './recipe'

describe('the published JSON Schema', () => {
  // Editors complete and check recipes with it. After a change of the schema: npx vitest run -u src-preload/contract
  it('is that of the recipes which are read', async () => {
    const schema = { title: 'Lathe recipe', ...z.toJSONSchema(recipeSchema, { io: 'input' }) }
    await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(
      '../../resources/recipe.schema.json'
    )
  })
})
