/** Dropout: nothing at inference; in training the cotangent goes through the mask of the forward pass. */
import { onlyCotangent, typeOf, type Vjp, type VjpFamily } from '../vjp'

const dropout: Vjp = (context) => {
  const { node, graph } = context
  const c = onlyCotangent(context)
  const [, ratio = '', trainingMode = ''] = node.inputs
  if (trainingMode === '' || graph.knownElements(trainingMode)?.[0] === 0) return [c]
  const dataType = typeOf(context)
  const mask = graph.cast(graph.outputOf(node, 1), dataType)
  const one = graph.scalar(1, dataType)
  const dropped = ratio === '' ? graph.scalar(0.5, dataType) : graph.cast(ratio, dataType)
  // The mask is all true when training mode turns out to be off, and then nothing is scaled either.
  const kept = graph.node('Where', [trainingMode, graph.sub(one, dropped), one])
  return [graph.div(graph.mul(c, mask), kept)]
}

export const dropoutRules: VjpFamily = { Dropout: dropout }
