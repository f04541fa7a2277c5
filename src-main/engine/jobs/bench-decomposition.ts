import type { BenchFigure, BenchSection } from '@contract/bench-report'
import { defaultDamping } from '@contract/recipe'
import { throwIfCancelled } from '../../base/abort'
import { layerMatrix } from '../../compression/layer-matrix'
import { lowRankMethodTable } from '../../compression/methods/methods'
import { selectLayers } from '../../compression/select-layers'
import { matrix } from '../../linalg/matrix'
import type { LinearLayer } from '../../onnx/linear-layer/linear-layer'
import { readWeight } from '../../onnx/linear-layer/read-weight'
import type { BenchParams } from '../protocol'
import type { JobContext } from '../serve'
import { elapsedFigures, timed, type Elapsed } from './bench-elapsed'
import { benchSelection } from './bench-making'
import { mergedMoments, type BuildSession } from './build-session'

const methods = ['weight-svd', 'whitened-svd'] as const

/**
 * Times the decomposition of every weight that would be compressed: the kernel alone, from float64 values in memory to
 * factors in memory. The methods alternate weight by weight.
 */
export async function benchDecomposition(
  session: BuildSession,
  { runs }: BenchParams,
  context: JobContext
): Promise<BenchSection> {
  const layers = selectLayers(session.model, session.layers, benchSelection)
  const weights = [...Map.groupBy(layers, layerMatrix).values()]
  const times = methods.map(() => weights.map((): Elapsed[] => []))
  const moments = await session.moments(layers, context)
  // The first round is not counted: code is compiled in it.
  for (let round = 0; round <= runs; round++) {
    for (const [index, users] of weights.entries()) {
      throwIfCancelled(context.signal)
      const { in: rows, out: columns, data } = readWeight(session.model, users[0]!)
      const weight = matrix(rows, columns, data)
      for (const [which, name] of methods.entries()) {
        const method = lowRankMethodTable[name]
        const options = {
          moments: method.needsCalibration ? mergedMoments(users, moments) : undefined,
          damping: defaultDamping,
          products: session.products
        }
        const elapsed = await timed(session.clock, () => method.factorize(weight, options))
        if (round > 0) times[which]![index]!.push(elapsed)
      }
      context.progress({
        stage: 'decompose',
        completed: round * weights.length + index + 1,
        total: (runs + 1) * weights.length,
        unit: 'weights'
      })
      await context.breathe()
    }
  }
  return {
    title: `Decomposing ${weights.length} weights`,
    remarks: [`${session.params.threads} thread(s) in products, float64, every rank at once.`],
    figures: methods.flatMap((name, which) => figuresOf(name, weights, times[which]!))
  }
}

/** A figure per shape of weight and one for all of them. */
function figuresOf(
  method: string,
  weights: readonly (readonly LinearLayer[])[],
  times: readonly (readonly Elapsed[])[]
): BenchFigure[] {
  const shapes = weights.map((users) => `${users[0]!.inFeatures} x ${users[0]!.outFeatures}`)
  const perShape = [...new Set(shapes)].flatMap((shape) => {
    const chosen = times.filter((_, index) => shapes[index] === shape)
    return elapsedFigures(`${method}, each of ${chosen.length} ${shape}`, chosen.flat())
  })
  const sums = times[0]!.map((_, run) => ({
    wall: times.reduce((sum, runs) => sum + runs[run]!.wall, 0),
    processor: times.reduce((sum, runs) => sum + runs[run]!.processor, 0)
  }))
  return [...perShape, ...elapsedFigures(`${method}, all`, sums)]
}
