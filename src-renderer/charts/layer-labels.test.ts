import { describe, expect, it } from 'vitest'
import { layerLabels } from './layer-labels'

const layer = (layerId: string, blockIndex: number | null, role: 'q' | 'fc1' | 'pointwise' | 'other') => ({
  layerId,
  blockIndex,
  role,
  inFeatures: 8,
  outFeatures: 4,
  rank: null
})
const labelsOf = (...layers: Parameters<typeof layerLabels>[0]) => Object.fromEntries(layerLabels(layers))

describe('the labels of layers', () => {
  it('are block and role, or the id outside the blocks', () => {
    expect(labelsOf(layer('/a/0/q', 0, 'q'), layer('/a/1/q', 1, 'q'), layer('/head', null, 'other'))).toEqual(
      {
        '/a/0/q': '0 q',
        '/a/1/q': '1 q',
        '/head': '/head'
      }
    )
  })

  it('tell apart layers of one block and role by what differs in their ids', () => {
    const [first, second] = [
      '/a/0/feed_forward1/linear1/MatMul',
      '/a/0/feed_forward2/linear1/MatMul'
    ] as const
    expect(labelsOf(layer(first, 0, 'fc1'), layer(second, 0, 'fc1'), layer('/a/0/q', 0, 'q'))).toEqual({
      [first]: '0 fc1 feed_forward1',
      [second]: '0 fc1 feed_forward2',
      '/a/0/q': '0 q'
    })
  })

  it('say a role once where the ids name it too', () => {
    const [first, second] = ['/a/3/conv/pointwise_conv1', '/a/3/conv/pointwise_conv2'] as const
    expect(labelsOf(layer(first, 3, 'pointwise'), layer(second, 3, 'pointwise'))).toEqual({
      [first]: '3 pointwise_conv1',
      [second]: '3 pointwise_conv2'
    })
  })

  it('stay different when one id is the beginning of another, and are one for one layer given twice', () => {
    expect(labelsOf(layer('/a/x', 0, 'q'), layer('/a/x/x', 0, 'q'), layer('/a/x', 0, 'q'))).toEqual({
      '/a/x': '0 q',
      '/a/x/x': '0 q x'
    })
  })
})
