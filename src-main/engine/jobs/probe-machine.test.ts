import { describe, expect, it } from 'vitest'
import { latencyTableSchema } from '@contract/rank-plan'
import { linearLayer } from '../../../tests/helpers/linear-models'
import { latencyCost } from '../../compression/allocation/latency-model'
import { decodeModel } from '../../onnx/serde/decode-model'
import type { InferenceBackend } from '../../runtime/inference-backend'
import type { JobContext } from '../serve'
import { probeMachine, timedShapes, type ProbeInputs } from './probe-machine'

const silent: JobContext = {
  signal: { aborted: false },
  progress: () => undefined,
  records: () => undefined,
  breathe: () => Promise.resolve()
}

/** A machine whose products take 1 µs for every 1000 multiplications, with sizes rounded up to the tile. */
function machine(tile: number) {
  let now = 0
  const states = { open: 0, runs: 0 }
  const backend: InferenceBackend = {
    description: 'fake 1',
    open(source) {
      if (source.kind !== 'bytes') throw new TypeError('Expected bytes.')
      const sizes = [...decodeModel(source.bytes).graph.initializers.values()].map(({ dims }) => dims)
      const padded = (size: number | undefined) => Math.ceil((size ?? 0) / tile) * tile
      const perRow = sizes.reduce((sum, [rows, columns]) => sum + padded(rows) * padded(columns), 0)
      states.open++
      return Promise.resolve({
        inputs: [],
        outputNames: ['y'],
        run({ x }) {
          now += (perRow * x!.dims[0]!) / 1e6
          states.runs++
          return Promise.resolve({})
        },
        release() {
          states.open--
          return Promise.resolve()
        }
      })
    }
  }
  return { backend, clock: { nowMilliseconds: () => now }, states }
}

const shape = { inFeatures: 256, outFeatures: 512, rows: 10 }

function inputs(tile: number, changes: Partial<ProbeInputs> = {}) {
  const { backend, clock, states } = machine(tile)
  const settings = { threads: 2, precision: 'float32', processor: 'abacus', seconds: 0.001 } as const
  return { ...settings, shapes: [shape], backend, clock, states, ...changes }
}

describe('probeMachine', () => {
  it.each([1, 8, 16, 32])('finds a tile of %d and the times of a machine that has it', async (tile) => {
    const probe = await probeMachine(inputs(tile), silent)
    expect(probe.rankMultiple).toBe(tile)
    const { table } = probe
    expect(latencyTableSchema.parse(table)).toEqual(table)
    expect(table.conditions).toEqual({
      processor: 'abacus',
      runtime: 'fake 1',
      threads: 2,
      precision: 'float32'
    })
    expect(table.interpolation).toBe(tile === 1 ? 'linear' : 'step')
    // Sums of floating-point times lose a few digits.
    expect(table.shapes[0]!.denseMilliseconds).toBeCloseTo((256 * 512 * 10) / 1e6, 9)
    const atRank = table.shapes[0]!.points.find(({ rank }) => rank === 85)
    expect(atRank?.milliseconds).toBeCloseTo((Math.ceil(85 / tile) * tile * (256 + 512) * 10) / 1e6, 9)
  })

  it('gives curves that reach break-even, so that layers can be priced by them', async () => {
    const shapes = [shape, { inFeatures: 2, outFeatures: 3, rows: 7 }]
    const { table } = await probeMachine(inputs(1, { shapes }), silent)
    for (const { inFeatures, outFeatures, rows } of shapes) {
      const spectrum = {
        layerIds: ['a'],
        role: 'other',
        inFeatures,
        outFeatures,
        singularValues: new Float64Array()
      } as const
      expect(latencyCost(spectrum, rows, table).ofRank(1)).toBeGreaterThan(0)
    }
  })

  it('keeps to its time but for the fewest rounds, says where it is, and closes what it opened', async () => {
    const quick = inputs(1, { seconds: 0 })
    const long = inputs(1, { seconds: 1e6 })
    const seen: string[] = []
    const progress: JobContext['progress'] = ({ completed, total, unit }) =>
      seen.push(`${completed}/${total} ${unit}`)
    await probeMachine(quick, { ...silent, progress })
    await probeMachine(long, silent)
    // Each product is run once more before it is timed.
    expect(long.states.runs / quick.states.runs).toBeCloseTo(26 / 6, 9)
    expect(seen).toEqual(['1/1 shapes'])
    expect(quick.states.open).toBe(0)
  })

  it('stops when it is told to, and closes what it opened', async () => {
    const started = inputs(1)
    await expect(probeMachine(started, { ...silent, signal: { aborted: true } })).rejects.toMatchObject({
      code: 'cancelled'
    })
    expect(started.states.open).toBe(0)
  })

  it('refuses to time nothing', async () => {
    await expect(probeMachine(inputs(1, { shapes: [] }), silent)).rejects.toMatchObject({
      code: 'invalid-input'
    })
  })
})

describe('timedShapes', () => {
  it('lists each shape with its rows once, and nothing without a product', () => {
    const sizes = { inFeatures: 4, outFeatures: 8 }
    const layers = ['a', 'b', 'c', 'gather'].map((id) => linearLayer({ id, nodeOutput: id, ...sizes }))
    const macs = new Map([
      ['a', 320],
      ['b', 320],
      ['c', 640]
    ])
    expect(timedShapes(layers, macs)).toEqual([
      { ...sizes, rows: 10 },
      { ...sizes, rows: 20 }
    ])
  })
})
