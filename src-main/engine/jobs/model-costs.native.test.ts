import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { describe, expect, it } from 'vitest'
import { useTemporaryFolder } from '../../../tests/helpers/temporary-folder'
import { writeTinyModel } from '../../../tests/helpers/tiny-speech-model'
import { planRanks } from '../../compression/plan-ranks'
import { layerMatrix } from '../../compression/layer-matrix'
import { locateLinearLayers } from '../../onnx/linear-layer/locate-linear-layers'
import { createOrtBackend } from '../../runtime/ort/ort-backend'
import type { JobContext } from '../serve'
import type { SpeechModelDescription } from '../../speech/families/family'
import { countCosts, measureRunMilliseconds, type CountedModel } from './model-costs'
import { openModel, requireDescription } from './open-model'
import { probeMachine, timedShapes } from './probe-machine'

const folder = useTemporaryFolder()
const clock = { nowMilliseconds: () => performance.now() }
const silent: JobContext = {
  signal: { aborted: false },
  progress: () => undefined,
  records: () => undefined,
  breathe: () => Promise.resolve()
}

async function tiny(): Promise<CountedModel & { readonly description: SpeechModelDescription }> {
  const opened = await openModel(writeTinyModel(join(folder(), 'model')))
  const { model, sizeBytes } = opened
  return {
    model,
    sizeBytes,
    description: requireDescription(opened),
    precision: 'float32',
    keepFloat: new Set()
  }
}

describe('countCosts', () => {
  it('counts what a budget needs, and no more', async () => {
    const counted = await tiny()
    expect(Object.keys(countCosts(counted, 'parameters'))).toEqual(['parameterCount', 'precision'])
    const { sizeBytes } = countCosts(counted, 'bytes')
    expect(sizeBytes).toEqual({ original: counted.sizeBytes, dense: counted.sizeBytes })
    const half = countCosts({ ...counted, precision: 'float16' }, 'bytes').sizeBytes!
    expect(half.original).toBe(counted.sizeBytes)
    expect(half.dense).toBeLessThan(0.8 * counted.sizeBytes)
    // 10 s are 1000 frames of features, two to a step: 500 rows for a layer of 32 · 32.
    const q = locateLinearLayers(counted.model).find(({ role }) => role === 'q')!
    expect(countCosts(counted, 'macs').macs!.perNode.get(q.nodeOutput)).toBe(500 * 32 * 32)
  })
})

describe('a budget in milliseconds', () => {
  it('can be kept with nothing but what this machine measured', async () => {
    const counted = await tiny()
    const backend = createOrtBackend()
    const { model, description } = counted
    const layers = locateLinearLayers(model).filter(({ role }) => role !== 'conv' && role !== 'head')
    const costs = countCosts(counted, 'milliseconds')
    const machine = {
      backend,
      clock,
      threads: 1,
      precision: 'float32',
      processor: 'this one',
      seconds: 0.1
    } as const
    const { table } = await probeMachine(
      { ...machine, shapes: timedShapes(layers, costs.macs!.perNode) },
      silent
    )
    const modelMilliseconds = await measureRunMilliseconds(
      { model, description, backend, clock, threads: 1 },
      silent
    )
    expect(modelMilliseconds).toBeGreaterThan(0)
    const flat = layers.map(
      (layer) => [layerMatrix(layer), { singularValues: new Float64Array(32).fill(1) }] as const
    )
    const { predicted, budget } = planRanks({
      layers,
      spectra: new Map(flat),
      options: {
        policy: 'water-filling',
        // All of it: whatever was measured, it is affordable.
        retainedFraction: 1,
        budgetUnit: 'milliseconds',
        budgetScope: 'layers',
        rankMultiple: 1,
        minimumRank: 1
      },
      costs: { ...costs, latency: { table, modelMilliseconds } }
    })
    // Sums of measured times round in their last digits.
    expect(predicted!.cost).toBeLessThanOrEqual(budget!.limit * (1 + 1e-9))
  })
})
