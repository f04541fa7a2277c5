import { subgraphs } from '../ir/attribute'
import type { Model, Node } from '../ir/model'
import type { PassResult } from './pass'

/** ScatterElements and ScatterND add up since then, which losses and gradients need. */
const raisedOpset = 16
/** The first one from which on the meaning of operators stays, see below. */
const oldestRaisedOpset = 13

/**
 * Declares opset 16 for a model of 13, 14 or 15, for graphs that are only run, never given away. Nothing else changes: the
 * operators that got a new version in between take what they took and do what they did, but for two, whose models stay as they
 * are: RoiAlign, whose default moved, and BatchNormalization while it is trained, which lost outputs. So do models with
 * functions, which declare an opset of their own.
 *
 * Source: ONNX, Operators' changelog, versions 14, 15 and 16 of the default domain.
 */
export function raiseOpset(model: Model): PassResult {
  const opset = model.opsetImports.get('')
  const isOld = opset !== undefined && opset >= oldestRaisedOpset && opset < raisedOpset
  if (!isOld || model.functions.length > 0 || model.graph.nodes.some(hasOtherMeaning)) {
    return { model, modified: false }
  }
  const opsetImports = new Map([...model.opsetImports, ['', raisedOpset] as const])
  return { model: { ...model, opsetImports }, modified: true }
}

function hasOtherMeaning(node: Node): boolean {
  if (node.domain === '' && node.opType === 'RoiAlign') return true
  if (node.domain === '' && node.opType === 'BatchNormalization' && node.outputs.length > 1) return true
  return subgraphs(node).some(({ nodes }) => nodes.some(hasOtherMeaning))
}
