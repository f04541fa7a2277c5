import { usedValues } from '../onnx/graph-index'
import type { Model } from '../onnx/ir/model'
import type { LinearLayer } from '../onnx/linear-layer/linear-layer'

/**
 * `layers` of the main graph in stages: what a layer is given depends on layers of earlier stages only, and no layer is
 * later than it must be. In a transformer that is q, k and v together, then out, fc1, fc2, block after block.
 *
 * Within a stage layers keep their order. Layers that the main graph does not have are left out.
 */
export function layerStages({ graph }: Model, layers: readonly LinearLayer[]): LinearLayer[][] {
  const byOutput = new Map(layers.map((layer) => [layer.nodeOutput, layer]))
  /** How many of the layers lie one behind the other on the way to a value. */
  const depths = new Map<string, number>()
  const stageOf = new Map<LinearLayer, number>()
  for (const node of graph.nodes) {
    let depth = 0
    for (const value of usedValues(node)) depth = Math.max(depth, depths.get(value) ?? 0)
    const layer = byOutput.get(node.outputs[0] ?? '')
    if (layer !== undefined) stageOf.set(layer, depth++)
    for (const output of node.outputs) depths.set(output, depth)
  }
  const stages: LinearLayer[][] = []
  for (const layer of layers) {
    const stage = stageOf.get(layer)
    if (stage !== undefined) (stages[stage] ??= []).push(layer)
  }
  return stages
}
