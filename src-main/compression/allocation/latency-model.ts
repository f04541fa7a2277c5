/**
 * Predicted latency from times measured on this machine.
 *
 * Time is not linear in the rank: kernels work in tiles, so a curve is a staircase with noise on it. Measured values
 * are used as they are. Where a larger rank was faster, policies that compare costs take the larger rank.
 */
import { WorkbenchError } from '@contract/errors'
import type { LatencyTable } from '@contract/rank-plan'
import { rankMilliseconds } from '@contract/rank-time'
import type { LayerCost, LayerSpectrum } from './allocation'
import { breakEvenRank } from './break-even'

type MeasuredShape = LatencyTable['shapes'][number]

/**
 * Milliseconds of a layer in one run, times the layers that share its matrix.
 *
 * - `rows`  input rows of each product; the table must hold the shape at that number of rows.
 *
 * @throws WorkbenchError `invalid-input` when the table lacks the shape, its ranks do not ascend, or its curve ends
 * below break-even.
 */
export function latencyCost(layer: LayerSpectrum, rows: number, table: LatencyTable): LayerCost {
  const { layerIds, inFeatures, outFeatures } = layer
  const shape = table.shapes.find(
    (candidate) =>
      candidate.inFeatures === inFeatures && candidate.outFeatures === outFeatures && candidate.rows === rows
  )
  if (shape === undefined) {
    throw new WorkbenchError(
      'invalid-input',
      `Layer '${layerIds[0]}' [${inFeatures}, ${outFeatures}] with ${rows} rows was not timed; measure this machine's rank curve again.`,
      { details: { layerId: layerIds[0] } }
    )
  }
  assertCurve(shape)
  const uses = layerIds.length
  return {
    dense: uses * shape.denseMilliseconds,
    ofRank: (rank) => uses * rankMilliseconds(shape, rank, table.interpolation)
  }
}

function assertCurve({ inFeatures, outFeatures, points }: MeasuredShape): void {
  const name = `The rank curve of [${inFeatures}, ${outFeatures}]`
  if (points.some(({ rank }, index) => index > 0 && rank <= points[index - 1]!.rank)) {
    throw new WorkbenchError('invalid-input', `${name} is not in ascending order of ranks; sort it.`)
  }
  const last = points.at(-1)?.rank ?? 0
  const needed = breakEvenRank(inFeatures, outFeatures)
  if (last < needed) {
    throw new WorkbenchError(
      'invalid-input',
      `${name} ends at rank ${last}, below break-even at ${needed}; measure it up to there.`
    )
  }
}
