import { WorkbenchError } from '@contract/errors'
import { intAttribute, intsAttribute } from '../../onnx/ir/attribute'
import type { Model } from '../../onnx/ir/model'
import { LossWriter, type LossGraph } from './loss-graph'
import { unitVectors } from './unit-vectors'

export interface InfoNceOptions {
  readonly name?: string
  /** [pairs, features]: row i belongs to row i of `positives` and to no other row. */
  readonly anchors: string
  /** [pairs, features] */
  readonly positives: string
  /** τ > 0, by which similarities are divided. Default 0.1. */
  readonly temperature?: number
  /** Taken off the similarity of each true pair, before the temperature. Default 0. */
  readonly margin?: number
  /** Default `cosine`. */
  readonly similarity?: 'cosine' | 'dot'
  /** Whether positives also look for their anchors; the two directions are then added. Default true. */
  readonly symmetric?: boolean
}

/**
 * Adds the loss mean_i −log softmax_j(s_ij)_i with s_ij = (sim(anchor_i, positive_j) − margin·[i = j]) / τ, plus the same
 * over columns when symmetric: each row finds its partner among the whole batch.
 *
 * @throws WorkbenchError `invalid-input` for a temperature that is not positive, or anchors that are not there.
 * Source: van den Oord et al., Representation Learning with Contrastive Predictive Coding (2018), equation 4; with a margin,
 * Ilharco et al., Large-scale Representation Learning from Visually Grounded Untranscribed Speech (2019).
 */
export function addInfoNce(model: Model, options: InfoNceOptions): LossGraph {
  const {
    anchors,
    positives,
    temperature = 0.1,
    margin = 0,
    similarity = 'cosine',
    symmetric = true
  } = options
  checkTemperature(temperature)
  const named = options.name === undefined ? {} : { name: options.name }
  const loss = new LossWriter(model, anchors, 'info-nce', named)
  const { graph } = loss
  const rows = (value: string) => (similarity === 'cosine' ? unitVectors(loss, value) : value)
  const turned = graph.node('Transpose', [rows(positives)], { perm: intsAttribute([1, 0]) })
  const products = graph.node('MatMul', [rows(anchors), turned])
  const diagonal = graph.node('EyeLike', [products])
  const lowered = margin === 0 ? products : graph.sub(products, graph.mul(diagonal, loss.scalar(margin)))
  const logits = graph.mul(lowered, loss.scalar(1 / temperature))
  /** The log probability of each true pair, [pairs], among the pairs along `axis`. */
  const found = (axis: number) => {
    const logProbabilities = graph.node('LogSoftmax', [logits], { axis: intAttribute(axis) })
    return graph.reduceSum(graph.mul(logProbabilities, diagonal), [axis], false)
  }
  const both = symmetric ? graph.add(found(1), found(0)) : found(1)
  return loss.finishWithMean(graph.node('Neg', [both]))
}

/** @throws WorkbenchError `invalid-input` for a temperature that is not positive. */
export function checkTemperature(temperature: number): void {
  if (temperature > 0 && Number.isFinite(temperature)) return
  throw new WorkbenchError('invalid-input', `The temperature is ${temperature}, expected a positive number.`)
}
