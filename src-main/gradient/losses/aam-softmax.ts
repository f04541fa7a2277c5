import { WorkbenchError } from '@contract/errors'
import { intAttribute, intsAttribute } from '../../onnx/ir/attribute'
import type { Model } from '../../onnx/ir/model'
import { LossWriter, type LossGraph, type LossOptions } from './loss-graph'
import { unitVectors } from './unit-vectors'

export interface AamSoftmaxOptions extends LossOptions {
  /** [batch, features] */
  readonly embeddings: string
  /** [classes, features]: one direction per class, learned along. */
  readonly prototypes: string
  /** int64 [batch] */
  readonly labels: string
  /** Radians from 0 to below π. Default 0.2. */
  readonly margin?: number
  /** > 0. Default 30. */
  readonly scale?: number
}

/** Keeps the root of 1 − cos² away from 0, where its slope is infinite. */
const smallestSineSquared = 1e-7

/**
 * Adds the additive angular margin loss: cross-entropy of scale · cos(θ), where the true class gets cos(θ + margin).
 *
 * Where θ + margin would pass π, the true class gets cos θ − margin · sin(margin) instead, so that the loss keeps falling
 * with the angle.
 *
 * @throws WorkbenchError `invalid-input` for a margin or scale out of range, or embeddings that are not there.
 * Source: Deng et al., ArcFace (2019), equation 3; the far side as in the authors' code (`easy_margin=False`).
 */
export function addAamSoftmax(model: Model, options: AamSoftmaxOptions): LossGraph {
  const { embeddings, prototypes, labels, margin = 0.2, scale = 30 } = options
  if (!(margin >= 0 && margin < Math.PI) || !(scale > 0 && Number.isFinite(scale))) {
    throw new WorkbenchError(
      'invalid-input',
      `The margin is ${margin} and the scale ${scale}, expected a margin from 0 to below pi and a positive scale.`
    )
  }
  const loss = new LossWriter(model, embeddings, 'aam-softmax', options)
  const { graph } = loss
  const directions = graph.node('Transpose', [unitVectors(loss, prototypes)], { perm: intsAttribute([1, 0]) })
  const cosines = graph.node('MatMul', [unitVectors(loss, embeddings), directions])
  const column = graph.node('Unsqueeze', [labels, graph.ints([1])])
  const lastAxis = { axis: intAttribute(-1) }
  const own = graph.node('GatherElements', [cosines, column], lastAxis)
  const sineSquared = graph.sub(loss.scalar(1), graph.mul(own, own))
  const sine = graph.node('Sqrt', [graph.node('Max', [sineSquared, loss.scalar(smallestSineSquared)])])
  const moved = graph.sub(
    graph.mul(own, loss.scalar(Math.cos(margin))),
    graph.mul(sine, loss.scalar(Math.sin(margin)))
  )
  const isNear = graph.node('Greater', [own, loss.scalar(Math.cos(Math.PI - margin))])
  const far = graph.sub(own, loss.scalar(margin * Math.sin(margin)))
  const change = graph.sub(graph.node('Where', [isNear, moved, far]), own)
  // [batch, classes]: the change stands in the column of the true class.
  const classes = graph.node('Range', [
    graph.scalar(0, 'int64'),
    graph.reshape(graph.sizeAt(prototypes, 0), graph.ints([])),
    graph.scalar(1, 'int64')
  ])
  const isOwn = graph.node('Equal', [column, classes])
  const adjusted = graph.add(cosines, graph.node('Where', [isOwn, change, loss.scalar(0)]))
  const logProbabilities = graph.node('LogSoftmax', [graph.mul(adjusted, loss.scalar(scale))], lastAxis)
  const picked = graph.node('GatherElements', [logProbabilities, column], lastAxis)
  return loss.finishWithMean(graph.node('Neg', [graph.node('Squeeze', [picked, graph.ints([1])])]))
}
