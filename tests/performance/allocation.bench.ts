/**
 * Times one new plan for another budget, as under a moving rank slider: 200 layers of 1,500 permitted ranks each should
 * take less than 50 ms. Prints the first run, median and fastest of each policy. Not part of `npm test`.
 *
 * Run: npx rolldown tests/performance/allocation.bench.ts --platform node --tsconfig tsconfig.base.json \
 *   -o out/allocation.bench.mjs && npx node out/allocation.bench.mjs
 */
import { createPrng } from '../../src-main/base/prng'
import { noConstraints } from '../../src-main/compression/allocation/allocation'
import { allocateRanks } from '../../src-main/compression/allocation/policies'
import { pricedLayer, randomSpectrum } from '../helpers/allocation-layers'

/** Break-even of a square matrix is just under half its side. */
const side = 3001
const prng = createPrng(1)
const layers = Array.from({ length: 200 }, (_, index) =>
  pricedLayer(`layer.${index}`, [side, side], [...randomSpectrum(prng, side)])
)
const dense = layers.length * side * side

for (const policy of ['water-filling', 'uniform', 'energy', 'effective-rank'] as const) {
  const milliseconds = Array.from({ length: 40 }, (_, run) => {
    // From 0.2 to 1 of the dense cost.
    const budget = dense * (0.2 + (0.8 * (run % 17)) / 16)
    const start = performance.now()
    allocateRanks(policy, { layers, constraints: noConstraints, budget })
    return performance.now() - start
  })
  const first = milliseconds[0]!
  const sorted = milliseconds.toSorted((x, y) => x - y)
  const [median, fastest] = [sorted[sorted.length >> 1]!, sorted[0]!]
  console.log(
    `${policy.padEnd(16)} first ${first.toFixed(1)} ms, median ${median.toFixed(1)} ms, fastest ${fastest.toFixed(1)} ms`
  )
}
