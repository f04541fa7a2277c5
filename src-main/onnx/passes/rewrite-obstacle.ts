/** Which located layers the passes can rewrite: those of the main graph whose product is in float32. */
import { WorkbenchError } from '@contract/errors'
import { indexGraph, type GraphIndex } from '../graph-index'
import { readInt } from '../ir/attribute'
import { dataTypes, type DataType } from '../ir/data-type'
import type { Model } from '../ir/model'
import type { LinearLayer } from '../linear-layer/linear-layer'

/**
 * What keeps the passes from rewriting a layer, as the rest of a sentence that begins with the layer; undefined when
 * nothing does.
 *
 * The type in which the layer multiplies counts, not the one in which its weight is stored: float16 weights that are
 * cast to float32 are no obstacle.
 *
 * @throws WorkbenchError `internal` when the main graph has no such layer.
 */
export function rewriteObstacle(index: GraphIndex, layer: LinearLayer): string | undefined {
  if (layer.graphPath.length > 0) return 'is inside a subgraph, where layers cannot be rewritten yet'
  const node = index.producer(layer.nodeOutput)
  if (node === undefined) {
    throw new WorkbenchError(
      'internal',
      `The model has no layer '${layer.id}'; locate the layers of this model again.`
    )
  }
  const dataType = operandDataType(index, node.inputs[layer.operator === 'Gather' ? 0 : 1] ?? '')
  return dataType === 'float32'
    ? undefined
    : `multiplies in ${dataType ?? 'an unknown type'}, expected float32`
}

/** The layers of `layers` that the passes can rewrite. */
export function rewritableLayers(model: Model, layers: readonly LinearLayer[]): LinearLayer[] {
  const index = indexGraph(model.graph)
  return layers.filter((layer) => rewriteObstacle(index, layer) === undefined)
}

/** @throws WorkbenchError `unsupported-model` with the first obstacle. */
export function assertRewritable(index: GraphIndex, layers: readonly LinearLayer[]): void {
  for (const layer of layers) {
    const obstacle = rewriteObstacle(index, layer)
    if (obstacle !== undefined) {
      throw new WorkbenchError('unsupported-model', `Layer '${layer.id}' ${obstacle}; exclude it.`)
    }
  }
}

/** The element type of a stored operand, behind Cast, Identity and Transpose. */
function operandDataType(index: GraphIndex, value: string): DataType | undefined {
  const initializer = index.graph.initializers.get(value)
  if (initializer !== undefined) return initializer.dataType
  const node = index.producer(value)
  switch (node?.opType) {
    case 'Constant': {
      const attribute = node.attributes.get('value')
      return attribute?.kind === 'tensor' ? attribute.value.dataType : undefined
    }
    case 'Cast':
      return dataTypes[readInt(node, 'to', 0)]
    case 'Identity':
    case 'Transpose':
      return operandDataType(index, node.inputs[0] ?? '')
    default:
      return undefined
  }
}
