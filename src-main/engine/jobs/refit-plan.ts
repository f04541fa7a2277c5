import { WorkbenchError } from '@contract/errors'
import { throwIfCancelled } from '../../base/abort'
import type { CutFactors } from '../../compression/cut-factors'
import { hasInputRows } from '../../compression/layer-inputs'
import type { CompressionPlan } from '../../compression/plan'
import { refitFactors } from '../../compression/refit'
import type { MomentSum } from '../../compression/second-moment'
import { matrix } from '../../linalg/matrix'
import type { Products } from '../../linalg/products'
import type { Model } from '../../onnx/ir/model'
import type { LinearLayer } from '../../onnx/linear-layer/linear-layer'
import { readWeight } from '../../onnx/linear-layer/read-weight'
import type { JobContext } from '../serve'

export interface RefitInputs {
  readonly model: Model
  readonly plan: CompressionPlan
  /** By layer id, from `cutPlan`; layers that share a cut share the new one. */
  readonly cuts: ReadonlyMap<string, CutFactors>
  /** Sums over the original's inputs of all `users` of one matrix. */
  readonly momentsOf: (users: readonly LinearLayer[]) => MomentSum
  readonly damping: number
  readonly products: Products
}

/**
 * The cuts with `up` and shift fitted in closed form on the original's inputs, by layer id. Embeddings, which have no input
 * rows, keep theirs.
 *
 * @throws WorkbenchError `numerical` when a fit is not finite, `cancelled`.
 */
export async function refitPlan(
  { model, plan, cuts, momentsOf, damping, products }: RefitInputs,
  context: JobContext
): Promise<Map<string, CutFactors>> {
  const planned = plan.flatMap(({ layer }) => {
    const cut = cuts.get(layer.id)
    return cut === undefined ? [] : [{ layer, cut }]
  })
  const refitted = new Map(cuts)
  const groups = Map.groupBy(planned, ({ cut }) => cut)
  for (const [cut, members] of groups) {
    throwIfCancelled(context.signal)
    const users = members.map(({ layer }) => layer)
    const layer = users[0]!
    if (users.every(hasInputRows)) {
      const { in: rows, out: columns, data } = readWeight(model, layer)
      const moments = { inputs: momentsOf(users), drift: undefined }
      const weight = matrix(rows, columns, data)
      const better = await refitFactors(cut, { weight, moments, fitsShift: true, damping, products })
      if (!better.up.data.every(Number.isFinite)) {
        throw new WorkbenchError(
          'numerical',
          `Refitting layer '${layer.id}' gave values that are not finite.`
        )
      }
      for (const { id } of users) refitted.set(id, better)
    }
    await context.breathe()
  }
  return refitted
}
