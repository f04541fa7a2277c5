import { describe, expect, it } from 'vitest'
import { checkRecipeText } from './check-recipe-text'

const lines = [
  '{',
  '  "recipeVersion": 1,',
  '  "name": "a \\"quoted\\" name",',
  '  "model": "m", "calibrationSet": "c",',
  '  "evaluationSet": "e",',
  '  "grids": [',
  '    { "methods": ["weight-svd"],',
  '      "retainedFractions": [0.5,',
  '        0.25] }',
  '  ]',
  '}'
]

function changed(line: number, text: string): string {
  return lines.toSpliced(line - 1, 1, text).join('\n')
}

describe('checkRecipeText', () => {
  it('takes a recipe, whatever its white space', () => {
    expect(checkRecipeText(lines.join('\r\n')).isValid).toBe(true)
  })

  it.each<[string, string, string, number]>([
    ['a value', changed(9, '        25] }'), 'grids.0.retainedFractions.1', 9],
    ['an unknown key', changed(7, '    { "metods": [], "methods": ["asvd"],'), 'grids.0.metods', 7],
    ['an unknown key at the top', changed(5, '  "evaluationSet": "e", "seed": 1,'), 'seed', 5],
    ['a missing member, at what it belongs to', changed(7, '    {'), 'grids.0.methods', 7],
    ['a missing member of the whole', changed(5, ''), 'evaluationSet', 1]
  ])('marks the line of %s', (_, text, place, line) => {
    expect(checkRecipeText(text)).toMatchObject({
      isValid: false,
      issues: [expect.objectContaining({ place, line })]
    })
  })

  it.each<[string, string, number]>([
    ['a missing comma', changed(3, '  "name": "n"'), 4],
    ['a comma too many', changed(10, '  ],'), 11],
    ['a quote that is not closed', changed(3, '  "name": "n,'), 3],
    ['something after the end', [...lines, 'x'].join('\n'), 12],
    ['nothing at all', '', 1],
    ['a bracket that is not closed', lines.slice(0, 9).join('\n'), 9],
    ['a line break in a string', changed(3, '  "name": "n\n",'), 3],
    ['a number with a leading zero', changed(2, '  "recipeVersion": 01,'), 2]
  ])('marks the line at which the text stops being JSON: %s', (_, text, line) => {
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError)
    expect(checkRecipeText(text)).toEqual({
      isValid: false,
      issues: [{ kind: 'no-json', message: '', expected: '', place: '', line }]
    })
  })

  it.each<[string, string, string, string]>([
    ['a member that is not there', changed(5, ''), 'missing', ''],
    ['a text where a list is needed', changed(7, '    { "methods": "asvd",'), 'no-list', ''],
    ['a number where a text is needed', changed(5, '  "evaluationSet": 3,'), 'no-text', ''],
    [
      'a text where an object is needed',
      changed(5, '  "evaluationSet": "e", "layers": "",'),
      'no-object',
      ''
    ],
    ['a text where a number is needed', changed(9, '"a"] }'), 'no-number', ''],
    ['a fraction that is too large', changed(9, '25] }'), 'too-large', '≤ 1'],
    ['a fraction that is too small', changed(9, '0] }'), 'too-small', '> 0'],
    ['another version', changed(2, '  "recipeVersion": 2,'), 'not-offered', '1'],
    ['an empty text', changed(5, '  "evaluationSet": "",'), 'empty', '≥ 1']
  ])('names the kind of %s and what would be right', (_, text, kind, expected) => {
    expect(checkRecipeText(text)).toMatchObject({ isValid: false, issues: [{ kind, expected }] })
  })

  it('finds layer ids, whose dots are no steps of a place', () => {
    const plan = '"plans": [{ "name": "p", "method": "asvd",\n "ranks": {\n"/a.b/c": 0 } }],'
    const checked = checkRecipeText(changed(5, `"evaluationSet": "e", ${plan}`))
    expect(checked).toMatchObject({ issues: [{ place: 'plans.0.ranks./a.b/c', line: 7 }] })
  })
})
