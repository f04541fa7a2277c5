import { describe, expect, it } from 'vitest'
import { tinyModel } from '../../tests/helpers/tiny-speech-model'
import { parameterGroupOf, trainableParameters } from './trainable-parameters'

const model = tinyModel('whisper-log-mel')

describe('trainable parameters', () => {
  it('are meant by their own names or by the nodes that use them', () => {
    const chosen = trainableParameters(model, { trainable: ['/blocks.1/fc1/*', 'head.*'], frozen: [] })
    expect(chosen).toEqual([
      '/blocks.1/fc1/MatMul.weight',
      '/blocks.1/fc1/MatMul.bias',
      'head.weight',
      'head.bias'
    ])
    expect(trainableParameters(model, { trainable: ['/blocks.1/fc1/MatMul'], frozen: [] })).toEqual([
      '/blocks.1/fc1/MatMul.weight'
    ])
  })

  it('leave out what is frozen, single numbers and shapes', () => {
    const chosen = trainableParameters(model, { trainable: ['*'], frozen: ['stem.*'] })
    expect(chosen).not.toContain('stem.weight')
    expect(chosen).not.toContain('/blocks.0/scale')
    expect(chosen).not.toContain('head_shape')
    expect(chosen).toContain('/final_norm.weight')
  })

  it('belong to the first group that means them', () => {
    const chosen = trainableParameters(model, { trainable: ['head*'], frozen: [] })
    const groups = [
      { name: 'bias', parameters: ['head.bias'] },
      { name: 'all', parameters: ['*'] }
    ]
    expect([...parameterGroupOf(model, chosen, groups)]).toEqual([
      ['head.bias', 'bias'],
      ['head.weight', 'all']
    ])
  })

  it('are refused by name when a pattern means nothing', () => {
    expect(() => trainableParameters(model, { trainable: ['/blocks.9/*'], frozen: [] })).toThrowError(
      /'\/blocks\.9\/\*'/
    )
    expect(() => trainableParameters(model, { trainable: ['head*'], frozen: ['head*'] })).toThrowError(
      /freeze less/
    )
  })
})
