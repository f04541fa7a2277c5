import { intAttribute } from '../../onnx/ir/attribute'
import type { Model } from '../../onnx/ir/model'
import { LossWriter, type LossGraph, type LossOptions } from './loss-graph'

export interface CodebookDiversityOptions extends LossOptions {
  /** [positions, groups, entries], before any softmax; `weights` [positions] marks the masked frames. */
  readonly logits: string
}

/** Keeps 0·log 0 at 0; as in fairseq. */
const smallestProbability = 1e-7

/**
 * Adds the diversity loss of wav2vec 2.0: 1 − mean over groups of exp(H(p̄_g)) / entries, p̄_g being the mean of
 * softmax(logits) over positions. 0 when every entry of every codebook is used alike, near 1 when one entry has everything.
 *
 * @throws WorkbenchError `invalid-input` for logits that are not there.
 * Source: Baevski et al., wav2vec 2.0 (2020), equation 4, in the form of fairseq: (G·V − Σ_g perplexity_g) / (G·V).
 */
export function addCodebookDiversity(model: Model, options: CodebookDiversityOptions): LossGraph {
  const { logits, weights } = options
  const named = options.name === undefined ? {} : { name: options.name }
  const loss = new LossWriter(model, logits, 'codebook-diversity', named)
  const { graph, dataType } = loss
  const probabilities = graph.node('Softmax', [logits], { axis: intAttribute(-1) })
  const mean = weights === undefined ? graph.reduce('ReduceMean', probabilities, [0], false) : weightedMean()
  const safe = graph.add(mean, loss.scalar(smallestProbability))
  const entropy = graph.node('Neg', [
    graph.reduceSum(graph.mul(mean, graph.node('Log', [safe])), [-1], false)
  ])
  const entries = graph.node('Squeeze', [graph.cast(graph.sizeAt(logits, 2), dataType), graph.ints([0])])
  const used = graph.div(graph.node('Exp', [entropy]), entries)
  return loss.finishWithMean(graph.sub(loss.scalar(1), used))

  /** Σ weight · p / Σ weight over positions, [groups, entries]. Without any position it is all zeros. */
  function weightedMean(): string {
    const shares = graph.cast(weights!, dataType)
    const column = graph.node('Unsqueeze', [shares, graph.ints([1, 2])])
    const count = graph.node('ReduceSum', [shares], { keepdims: intAttribute(0) })
    const total = graph.reduceSum(graph.mul(probabilities, column), [0], false)
    return graph.div(
      total,
      graph.node('Where', [graph.node('Equal', [count, loss.scalar(0)]), loss.scalar(1), count])
    )
  }
}
