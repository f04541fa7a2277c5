/**
 * Weights stored in half precision: a float32 tensor w becomes
 *
 *   w.float16  ->  w = Cast(w.float16)                                   float32 as before for whatever uses w
 *
 * A storage format: inputs, outputs and arithmetic stay float32, and ONNX Runtime undoes the Cast once, when it loads the
 * model. It holds for every constant that is large enough, embeddings and convolution kernels too, in subgraphs as well.
 */
import { intAttribute, tensorAttribute } from '../ir/attribute'
import { dataTypeNumber } from '../ir/data-type'
import { fromHalf, toHalves } from '../ir/half'
import type { Attribute, Graph, Model, Node } from '../ir/model'
import { elementCount, float32Values, isDeferred, typedTensor, type Tensor } from '../ir/tensor'
import { FreshNames } from './fresh-names'
import type { PassResult } from './pass'

/** Smaller tensors are not worth a node. */
export const smallestHalfTensor = 256

/**
 * What rounding may take of a tensor, ‖w − half(w)‖ ÷ ‖w‖: the most that it can take while all values are in the range of
 * normal halves. A tensor that loses more has values beyond 65504, or so small that their digits are lost.
 */
const allowedLoss = 2 ** -11

/**
 * Stores every float32 initializer and Constant of at least `smallestHalfTensor` elements in float16.
 *
 * - `keep`  names of tensors of the main graph that stay in float32.
 *
 * A tensor that halves cannot hold (`allowedLoss`) stays in float32: masks are filled with −3.4e38, which must not become
 * −∞. A graph input that only offered to override a tensor goes when the tensor does, as in `removeUnused`.
 *
 * @throws WorkbenchError `internal` when external data has not been loaded.
 */
export function storeFloat16(model: Model, keep: ReadonlySet<string> = new Set()): PassResult {
  const names = new FreshNames(model)
  const graph = halfGraph(model.graph, names, keep)
  return graph === model.graph ? { model, modified: false } : { model: { ...model, graph }, modified: true }
}

const noNames: ReadonlySet<string> = new Set()

/** The graph with its tensors in halves; the same one when it has none to change. */
function halfGraph(graph: Graph, names: FreshNames, keep: ReadonlySet<string>): Graph {
  const initializers = new Map<string, Tensor>()
  const casts: Node[] = []
  const dropped = new Set<string>()
  for (const [name, tensor] of graph.initializers) {
    const half = keep.has(name) ? undefined : halfTensor(tensor, () => names.take(`${name}.float16`))
    if (half === undefined) initializers.set(name, tensor)
    else {
      initializers.set(half.name, half)
      casts.push(castNode(half.name, name))
      dropped.add(name)
    }
  }
  const nodes = graph.nodes.flatMap((node) => halfNode(node, names, keep))
  const isChanged = casts.length > 0 || nodes.some((node, index) => node !== graph.nodes[index])
  if (!isChanged) return graph
  const inputs = graph.inputs.filter(({ name }) => !dropped.has(name))
  return { ...graph, initializers, inputs, nodes: [...casts, ...nodes] }
}

/** A node, its subgraphs in halves; a Constant as one in halves and its Cast. */
function halfNode(node: Node, names: FreshNames, keep: ReadonlySet<string>): readonly Node[] {
  const [output = ''] = node.outputs
  const constant = node.opType === 'Constant' ? node.attributes.get('value') : undefined
  if (constant?.kind === 'tensor' && !keep.has(output)) {
    const half = halfTensor(constant.value, () => names.take(`${output}.float16`))
    if (half === undefined) return [node]
    const attributes = new Map([['value', tensorAttribute(half)]])
    return [{ ...node, outputs: [half.name], attributes }, castNode(half.name, output)]
  }
  const attributes = new Map([...node.attributes].map(([name, each]) => [name, halfSubgraphs(each, names)]))
  const isChanged = [...attributes].some(([name, each]) => each !== node.attributes.get(name))
  return [isChanged ? { ...node, attributes } : node]
}

function halfSubgraphs(attribute: Attribute, names: FreshNames): Attribute {
  if (attribute.kind === 'graph') {
    const value = halfGraph(attribute.value, names, noNames)
    return value === attribute.value ? attribute : { ...attribute, value }
  }
  if (attribute.kind === 'graphs') {
    const value = attribute.value.map((graph) => halfGraph(graph, names, noNames))
    return value.every((graph, index) => graph === attribute.value[index])
      ? attribute
      : { ...attribute, value }
  }
  return attribute
}

/** The tensor in halves under a new name; undefined when it has to stay as it is. */
function halfTensor(tensor: Tensor, takeName: () => string): Tensor | undefined {
  if (tensor.dataType !== 'float32' || elementCount(tensor.dims) < smallestHalfTensor) return undefined
  const values = float32Values(tensor)
  const halves = toHalves(values)
  let lost = 0
  let whole = 0
  for (let i = 0; i < values.length; i++) {
    lost += (values[i]! - fromHalf(halves[i]!)) ** 2
    whole += values[i]! ** 2
  }
  // Infinities and NaN make the sums NaN, which is not below anything.
  if (!(lost <= allowedLoss ** 2 * whole)) return undefined
  const stored = isDeferred(tensor) ? () => toHalves(float32Values(tensor)) : halves
  return { ...tensor, ...typedTensor(takeName(), 'float16', tensor.dims, stored) }
}

function castNode(half: string, output: string): Node {
  return {
    name: output,
    opType: 'Cast',
    domain: '',
    inputs: [half],
    outputs: [output],
    attributes: new Map([['to', intAttribute(dataTypeNumber('float32'))]])
  }
}
