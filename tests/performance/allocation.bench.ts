/**
 * Times one new plan for another budget, as under a moving rank slider: it should take less than 50 ms of processor time.
 *
 * - `allocateRanks` for 200 layers of 1,500 permitted ranks each.
 * - `planRanks`, layers and spectra to plan and prediction, for models of 24 layers (384 wide) and of 400 (1024 wide), in
 *   each budget unit.
 *
 * Prints the first run, median and fastest of each policy. Not part of `npm test`.
 *
 * Run: npx rolldown tests/performance/allocation.bench.ts --platform node --tsconfig tsconfig.base.json \
 *   -o out/allocation.bench.mjs && npx node out/allocation.bench.mjs
 */
import type { LatencyTable, SensitivityTable } from '@contract/rank-plan'
import { budgetUnits, gridRankPolicies } from '@contract/recipe'
import { createPrng } from '../../src-main/base/prng'
import { noConstraints } from '../../src-main/compression/allocation/allocation'
import { breakEvenRank } from '../../src-main/compression/allocation/break-even'
import { allocateRanks } from '../../src-main/compression/allocation/policies'
import { layerMatrix } from '../../src-main/compression/layer-matrix'
import { planRanks, type PlanRanksInputs } from '../../src-main/compression/plan-ranks'
import { pricedLayer, randomSpectrum } from '../helpers/allocation-layers'
import { linearLayer } from '../helpers/linear-models'

const prng = createPrng(1)

function report(name: string, milliseconds: readonly number[]): void {
  const sorted = milliseconds.toSorted((x, y) => x - y)
  const [first, median, fastest] = [milliseconds[0]!, sorted[sorted.length >> 1]!, sorted[0]!]
  console.log(
    `${name.padEnd(40)} first ${first.toFixed(1)} ms, median ${median.toFixed(1)} ms, fastest ${fastest.toFixed(1)} ms`
  )
}

/** Milliseconds of the processor in 40 runs of `work`, which is given fractions from 0.2 to 1; neighbours take no part. */
function timed(work: (fraction: number) => void): number[] {
  return Array.from({ length: 40 }, (_, run) => {
    const fraction = 0.2 + (0.8 * (run % 17)) / 16
    const start = process.threadCpuUsage()
    work(fraction)
    const { user, system } = process.threadCpuUsage(start)
    return (user + system) / 1000
  })
}

/** Break-even of a square matrix is just under half its side. */
const side = 3001
const wide = Array.from({ length: 200 }, (_, index) =>
  pricedLayer(`layer.${index}`, [side, side], [...randomSpectrum(prng, side)])
)
for (const policy of ['water-filling', 'uniform', 'energy', 'effective-rank'] as const) {
  const dense = wide.length * side * side
  report(
    `allocate 200 of ${side}, ${policy}`,
    timed((fraction) =>
      allocateRanks(policy, { layers: wide, constraints: noConstraints, budget: dense * fraction })
    )
  )
}

/** A transformer's layers: four squares, one up, one down, again and again; each block 100 rows of input. */
function modelOf(count: number, width: number): Omit<PlanRanksInputs, 'options'> {
  const square = [width, width] as const
  const sizes = [square, square, square, square, [width, 4 * width], [4 * width, width]] as const
  const layers = Array.from({ length: count }, (_, index) => {
    const [inFeatures, outFeatures] = sizes[index % sizes.length]!
    const id = `layer.${index}`
    return linearLayer({ id, nodeOutput: id, weightName: id, inFeatures, outFeatures })
  })
  const rows = 100
  const counted = layers.map(
    ({ id, inFeatures, outFeatures }) => [id, rows * inFeatures * outFeatures] as const
  )
  const parameterCount = layers.reduce(
    (sum, { inFeatures, outFeatures }) => sum + inFeatures * outFeatures,
    0
  )
  const total = counted.reduce((sum, [, macs]) => sum + macs, 0)
  return {
    layers,
    spectra: new Map(
      layers.map((layer) => [layerMatrix(layer), { singularValues: randomSpectrum(prng, width) }])
    ),
    costs: {
      parameterCount,
      precision: 'float32',
      sizeBytes: { original: 4 * parameterCount, dense: 4 * parameterCount },
      macs: { total, perNode: new Map(counted) },
      latency: { table: tableOf(sizes, rows) }
    },
    sensitivities: sensitivitiesOf(layers)
  }
}

function tableOf(sizes: readonly (readonly [number, number])[], rows: number): LatencyTable {
  return {
    latencyTableVersion: 1,
    conditions: { processor: '', runtime: '', threads: 1, precision: 'float32' },
    interpolation: 'step',
    shapes: sizes.map(([inFeatures, outFeatures]) => {
      const most = breakEvenRank(inFeatures, outFeatures)
      const ranks = Array.from({ length: Math.ceil(most / 16) }, (_, index) => (index + 1) * 16)
      const milliseconds = (macs: number) => macs / 1e8
      return {
        inFeatures,
        outFeatures,
        rows,
        denseMilliseconds: milliseconds(inFeatures * outFeatures),
        points: ranks.map((rank) => ({ rank, milliseconds: milliseconds(rank * (inFeatures + outFeatures)) }))
      }
    })
  }
}

function sensitivitiesOf(layers: PlanRanksInputs['layers']): SensitivityTable {
  return {
    sensitivityTableVersion: 1,
    measure: 'kl-divergence',
    layers: layers.map(({ id, inFeatures, outFeatures }) => ({
      layerId: id,
      points: [1 / 8, 1 / 4, 1 / 2, 3 / 4].map((share) => ({
        rank: Math.floor(share * breakEvenRank(inFeatures, outFeatures)),
        damage: prng.uniform() * (1 - share)
      }))
    }))
  }
}

for (const [count, width] of [
  [24, 384],
  [400, 1024]
] as const) {
  // prettier-ignore
  const model = modelOf(count, width)
  for (const budgetUnit of budgetUnits) {
    for (const policy of gridRankPolicies) {
      const settings = { policy, budgetUnit, budgetScope: 'layers', rankMultiple: 1, minimumRank: 1 } as const
      report(
        `plan ${count} of ${width}, ${budgetUnit}, ${policy}`,
        timed((retainedFraction) => planRanks({ ...model, options: { ...settings, retainedFraction } }))
      )
    }
  }
}
