import type { Model } from '../ir/model'
import { locateLinearLayers } from '../linear-layer/locate-linear-layers'

/** A new product: which layer it was part of, and its number there. */
export interface PartProduct {
  readonly packedName: string
  readonly part: number
}

/**
 * Names the parts of taken-apart layers: the packed layer's name with the part's role, or with its number where the roles
 * do not tell the parts apart.
 *
 * - `products`  by the output of the node that multiplies.
 */
export function withRoleNames(model: Model, products: ReadonlyMap<string, PartProduct>): Model {
  const roles = new Map(locateLinearLayers(model).map(({ nodeOutput, role }) => [nodeOutput, role]))
  const siblings = Map.groupBy(products.keys(), (output) => products.get(output)!.packedName)
  const nodes = model.graph.nodes.map((node) => {
    const product = products.get(node.outputs[0] ?? '')
    if (product === undefined) return node
    const found = (siblings.get(product.packedName) ?? []).map((output) => roles.get(output))
    const isClear = new Set(found).size === found.length && !found.includes('other')
    const suffix = isClear ? roles.get(node.outputs[0] ?? '') : product.part
    return { ...node, name: `${product.packedName}.${suffix}` }
  })
  return { ...model, graph: { ...model.graph, nodes } }
}
