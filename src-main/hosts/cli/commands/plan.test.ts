import { describe, expect, it } from 'vitest'
import type { ModelPlan } from '@contract/model-plan'
import { formatPlan } from './plan'

const layer = { role: 'q', blockIndex: 0, inFeatures: 64, outFeatures: 64, breakEvenRank: 31 } as const
const plan: ModelPlan = {
  planFile: {
    planVersion: 1,
    modelHash: 'abc',
    policy: { name: 'water-filling', version: 1 },
    budget: { unit: 'parameters', limit: 5120, remainder: 1024 },
    predicted: { unit: 'parameters', cost: 4096, denseCost: 8192, relativeError: 0.25 },
    layers: []
  },
  layers: [
    {
      ...layer,
      layerId: 'a',
      rank: 8,
      keptFraction: 0.25,
      relativeError: 0.125,
      uniform: { rank: 16, keptFraction: 0.5, relativeError: 0.0625 }
    },
    {
      ...layer,
      layerId: 'b',
      blockIndex: null,
      rank: null,
      keptFraction: 1,
      relativeError: 0,
      uniform: { rank: 16, keptFraction: 0.5, relativeError: 0.5 }
    }
  ],
  uniformPredicted: { unit: 'parameters', cost: 4096, denseCost: 8192, relativeError: 0.5625 }
}

describe('formatPlan', () => {
  it('shows every layer with uniform beside it, and what both promise', () => {
    const lines = formatPlan(plan).split('\n')
    expect(lines[0]).toBe('block  role  in  out   rank      kept    error  uniform    error  id')
    expect(lines[2]).toBe('    0  q     64   64      8   25.00 %  12.50 %       16   6.25 %  a')
    expect(lines[3]).toBe('    -  q     64   64  dense  100.00 %   0.00 %       16  50.00 %  b')
    expect(lines.slice(5, 8)).toEqual([
      'budget         5.1 k parameters, 1.0 k of them outside these layers',
      'water-filling  4.1 k of 8.2 k parameters, predicted error 0.2500',
      'uniform        4.1 k of 8.2 k parameters, predicted error 0.5625'
    ])
  })

  it('does not repeat uniform, nor compare ranks by hand', () => {
    const uniform = {
      ...plan,
      planFile: { ...plan.planFile, policy: { name: 'uniform', version: 1 } }
    } as const
    expect(formatPlan(uniform).split('\n')[0]).toBe('block  role  in  out   rank      kept    error  id')
    const manual = {
      planFile: { ...plan.planFile, policy: { name: 'manual', version: 1 }, budget: null },
      layers: plan.layers,
      uniformPredicted: null
    } as const
    expect(formatPlan(manual)).not.toContain('budget')
  })
})
