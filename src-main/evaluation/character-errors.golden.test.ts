import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { characterErrors } from './character-errors'

// What jiwer's default transform and RapidFuzz make of 300 pairs: tests/fixtures/evaluation/character-errors.py.
type GoldenRow = readonly [
  reference: string,
  hypothesis: string,
  substitutions: number,
  deletions: number,
  insertions: number,
  referenceCharacters: number
]

const goldenFile = resolve(import.meta.dirname, '../../tests/fixtures/evaluation/character-errors.json')
const rows = JSON.parse(readFileSync(goldenFile, 'utf8')) as readonly GoldenRow[]

it('characterErrors counts as jiwer does, on 300 pairs of texts', () => {
  expect(rows).toHaveLength(300)
  for (const [reference, hypothesis, substitutions, deletions, insertions, referenceCharacters] of rows) {
    const label = JSON.stringify([reference, hypothesis])
    const expected = { substitutions, deletions, insertions, referenceCharacters }
    expect(characterErrors(reference, hypothesis), label).toEqual(expected)
  }
})
