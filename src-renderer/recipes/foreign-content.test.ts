import { describe, expect, it } from 'vitest'
import { study } from '../text/en/study'
import { foreignContent, foreignText } from './foreign-content'

const recipe = '{ "recipeVersion": 1, "name": "n", "model": "m" }'
const training = '{ "trainingVersion": 1, "name": "n", "model": "m" }'

describe('foreignContent', () => {
  it.each([
    ['a recipe', recipe],
    ['one without a version', '{ "model": "m", "grids": [] }'],
    ['one with a slip of the pen', '{ "recipeVersion": 1,, }'],
    ['an object with a model', '{ "model": "m" }']
  ])('takes %s for the recipe of a study, right or wrong', (_, text) => {
    expect(foreignContent(text, 'study')).toBeUndefined()
  })

  it.each([
    ['a recipe', training],
    ['one without a version', '{ "trainable": ["*"] }'],
    ['one with a slip of the pen', '{ "trainingVersion": 1,, }']
  ])('takes %s for that of a training, right or wrong', (_, text) => {
    expect(foreignContent(text, 'training')).toBeUndefined()
  })

  it.each<[string, string, ReturnType<typeof foreignContent>]>([
    ['a text', 'Dear Lathe,\nmy model', { kind: 'no-json', line: 1 }],
    ['a list', '[1]', { kind: 'no-object' }],
    ['nothing but null', 'null', { kind: 'no-object' }],
    ['a plan', '{ "planVersion": 1, "model": "m" }', { kind: 'plan' }],
    ['a vocabulary', '{ "<pad>": 0, "a": 1 }', { kind: 'other-object', member: '<pad>' }],
    ['an empty object', '{}', { kind: 'other-object', member: undefined }]
  ])('says what %s is instead of either', (_, text, expected) => {
    expect(foreignContent(text, 'study')).toEqual(expected)
    expect(foreignContent(text, 'training')).toEqual(expected)
  })

  it('tells the two kinds of recipes apart', () => {
    expect(foreignContent(training, 'study')).toEqual({ kind: 'training-recipe' })
    expect(foreignContent(recipe, 'training')).toEqual({ kind: 'study-recipe' })
  })
})

describe('foreignText', () => {
  it.each<[string, 'study' | 'training', string]>([
    [
      '{ "<pad>": 0 }',
      'training',
      'This file is no training recipe: it has no trainingVersion, model or data sets; it begins with “<pad>”. Choose a file that Lathe has saved as a training recipe, or begin a new training.'
    ],
    [
      training,
      'study',
      'This file is no study recipe: it is the recipe of a training. Open it in the Training view.'
    ],
    [
      '{ "planVersion": 1 }',
      'study',
      'This file is no study recipe: it is a plan, that is the ranks of one tier. Open or begin a study, and add it there under Ranks by hand.'
    ],
    [
      '{ "planVersion": 1 }',
      'training',
      'This file is no training recipe: it is a plan, that is the ranks of one tier. Choose a file that Lathe has saved as a training recipe, or begin a new training.'
    ],
    [
      '[',
      'study',
      'This file is no study recipe: it is not JSON, from line 1 on. Choose a file that Lathe has saved as a recipe, or begin a new study.'
    ]
  ])('says of %s, opened as a %s, what it is, what is needed and what to do', (text, wanted, expected) => {
    expect(foreignText(foreignContent(text, wanted)!, wanted, study.foreign)).toBe(expected)
  })
})
