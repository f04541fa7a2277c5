import { intAttribute } from '../../onnx/ir/attribute'
import type { Model } from '../../onnx/ir/model'
import { checkTemperature } from './info-nce'
import { LossWriter, type LossGraph, type LossOptions } from './loss-graph'
import { unitVectors } from './unit-vectors'

export interface MaskedContrastiveOptions extends LossOptions {
  /** [batch, frames, features]: what the network says about the frames that it did not hear. */
  readonly contexts: string
  /** [batch, frames, features]: the quantized vectors of the frames. */
  readonly targets: string
  /**
   * int64 [batch, frames, negatives]: numbers of other masked frames, counted over the whole batch (example · frames +
   * frame), drawn from the same example. Frames that do not count may name any frame.
   */
  readonly negatives: string
  /** κ > 0. Default 0.1. */
  readonly temperature?: number
}

/**
 * What is added to the logit of a negative whose vector is the true one: so many frames share a codebook entry that the
 * network would be punished for being right. Far below any logit, and finite.
 */
const excluded = -1e9

/**
 * Adds the masked contrastive loss of wav2vec 2.0: mean over positions of
 * −log exp(sim(c, q) / κ) / Σ_{q̃ ∈ {q} ∪ negatives} exp(sim(c, q̃) / κ), sim being the cosine.
 *
 * `weights` [batch, frames] marks the masked frames. Negatives equal to the target do not count.
 *
 * @throws WorkbenchError `invalid-input` for a temperature that is not positive, or contexts that are not there.
 * Source: Baevski et al., wav2vec 2.0 (2020), equation 3; equal negatives as in fairseq's wav2vec2.py.
 */
export function addMaskedContrastive(model: Model, options: MaskedContrastiveOptions): LossGraph {
  const { contexts, targets, negatives, temperature = 0.1 } = options
  checkTemperature(temperature)
  const loss = new LossWriter(model, contexts, 'masked-contrastive', options)
  const { graph } = loss
  const features = graph.sizeAt(targets, 2)
  const firstAxis = { axis: intAttribute(0) }
  const flat = graph.reshape(targets, graph.node('Concat', [graph.ints([-1]), features], firstAxis))
  // [batch, frames, negatives, features]
  const others = graph.node('Gather', [flat, negatives], firstAxis)
  const column = graph.ints([2])
  const wanted = graph.node('Unsqueeze', [targets, column])
  const candidates = graph.node('Concat', [wanted, others], { axis: intAttribute(2) })
  const context = graph.node('Unsqueeze', [unitVectors(loss, contexts), column])
  const cosines = graph.reduceSum(graph.mul(unitVectors(loss, candidates), context), [-1], false)
  const logits = graph.mul(cosines, loss.scalar(1 / temperature))
  const apart = graph.reduce('ReduceSumSquare', graph.sub(others, wanted), [-1], false)
  const isSame = graph.node('Equal', [apart, loss.scalar(0)])
  const penalties = graph.node('Where', [isSame, loss.scalar(excluded), loss.scalar(0)])
  // The true vector stands first and is never excluded.
  const padded = graph.node('Pad', [penalties, graph.ints([0, 0, 1, 0, 0, 0]), loss.scalar(0)])
  const logProbabilities = graph.node('LogSoftmax', [graph.add(logits, padded)], { axis: intAttribute(-1) })
  const found = graph.node('Gather', [logProbabilities, graph.scalar(0, 'int64')], { axis: intAttribute(2) })
  return loss.finishWithMean(graph.node('Neg', [found]))
}
