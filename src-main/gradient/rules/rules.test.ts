/** The table of rules is complete: every rule is checked against differences and stands in docs/gradients.md. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { forwardModel } from '../../../tests/helpers/gradient-cases/forward-model'
import { gradientCases } from '../../../tests/helpers/gradient-cases/gradient-cases'
import { publishedTable } from '../vjp'
import { gradientStops, vjpRules } from './rules'

const operators = Object.keys(vjpRules).sort()

/** Operators of the first column of a table under `heading`. */
function publishedOperators(heading: string): string[] {
  const text = readFileSync(resolve(import.meta.dirname, '../../..', publishedTable), 'utf8')
  const section = text.split(/^## /m).find((part) => part.startsWith(heading)) ?? ''
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => [...line.split('|')[1]!.matchAll(/`(\w+)`/g)].map(([, name]) => name!))
    .sort()
}

describe('the table of gradient rules', () => {
  it('has a check against differences for every operator', () => {
    const checked = Object.keys(gradientCases).filter((operator) => gradientCases[operator]!.length > 0)
    expect(checked.sort()).toEqual(operators)
  })

  it.each(Object.keys(gradientCases))('is checked on a graph that has the operator: %s', (operator) => {
    for (const test of gradientCases[operator]!) {
      const { nodes } = forwardModel(test, false).graph
      expect(nodes.map(({ opType }) => opType)).toContain(operator)
    }
  })

  it('is what readers are told', () => {
    expect(publishedOperators('Operators')).toEqual(operators)
    expect(publishedOperators('Where gradients end')).toEqual([...gradientStops].sort())
  })

  it('does not both differentiate and stop an operator', () => {
    expect(operators.filter((operator) => gradientStops.has(operator))).toEqual([])
  })
})
