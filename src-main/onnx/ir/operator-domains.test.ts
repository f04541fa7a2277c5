import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../build/graph-builder'
import { contributedDomain, importContributed, isStandardOperator, standardOpset } from './operator-domains'

const model = new GraphBuilder('empty', 17).build()

describe('the domains of operators', () => {
  it.each([
    ['', true],
    ['ai.onnx', true],
    ['ai.onnx.ml', false],
    [contributedDomain, false]
  ])("'%s' is ONNX's own: %s", (domain, isStandard) => {
    expect(isStandardOperator({ domain })).toBe(isStandard)
  })

  it('tell the version of ONNX by either spelling', () => {
    expect(standardOpset(model)).toBe(17)
    expect(standardOpset({ opsetImports: new Map([['ai.onnx', 13]]) })).toBe(13)
    expect(standardOpset({ opsetImports: new Map([[contributedDomain, 1]]) })).toBeUndefined()
  })

  it('are imported once', () => {
    const importing = importContributed(model)
    expect([...importing.opsetImports]).toEqual([
      ['', 17],
      [contributedDomain, 1]
    ])
    expect(importContributed(importing)).toBe(importing)
    expect([...model.opsetImports]).toEqual([['', 17]])
  })
})
