/**
 * Attention in one node: ONNX Runtime's MultiHeadAttention instead of a dozen of ONNX's own.
 *
 *   softmax(s · Q·Kᵀ) · V per head, split and merged by Reshape and Transpose
 *     ->  MultiHeadAttention(q, k, v), num_heads, scale = s
 *
 * The operator belongs to every build of ONNX Runtime (domain com.microsoft); its CPU kernel never stores the scores. The
 * function is the same up to the order of its sums.
 *
 * Replaced is what `findPlainAttention` understands, for two different choices of the model's free sizes. So masks, relative
 * positions, cached keys and keys of another sequence stay as they are.
 * Source of the operator: ONNX Runtime, docs/ContribOperators.md.
 */
import { WorkbenchError } from '@contract/errors'
import { floatAttribute, intAttribute } from '../ir/attribute'
import type { Model, Node } from '../ir/model'
import { graphScopes } from '../linear-layer/graph-scope'
import { findPlainAttention, type PlainAttention } from '../linear-layer/plain-attention'
import { inferShapes, type ShapeTable } from '../shapes/infer-shapes'
import type { PassResult } from './pass'
import { removeUnused } from './remove-unused'
import { contributedDomain, importContributed, standardOpset } from '../ir/operator-domains'

/** Raised when the same model would become another. */
export const fuseAttentionVersion = 1

/**
 * The model with every attention of its main graph that is fully understood in one node.
 *
 * Float32 only. Intermediate values that somebody else uses, attention weights as an output for one, keep their attention as
 * it is. Deterministic; a model without such attention is returned as it is.
 */
export function fuseAttention(model: Model): PassResult {
  const probes = probeShapes(model)
  if (probes === undefined) return { model, modified: false }
  let current = model
  for (const { outputs, opType } of model.graph.nodes) {
    if (opType !== 'Softmax') continue
    current = fuseOne(current, outputs[0] ?? '', probes) ?? current
  }
  if (current === model) return { model, modified: false }
  return { model: importContributed(current), modified: true }
}

type Probes = readonly ShapeTable[]

/**
 * The shapes of all values for two choices of the free sizes; undefined when a model does not allow any.
 *
 * Sizes must not be mistaken for one another, and some models hear only so much: a batch is small, other sizes are longer
 * than a convolution's reach and shorter than a table of positions.
 */
function probeShapes(model: Model): Probes | undefined {
  const first = shapesAt(model, { batch: 2, other: 96 }) ?? shapesAt(model, { batch: 2, other: 8000 })
  const second = shapesAt(model, { batch: 3, other: 164 }) ?? shapesAt(model, { batch: 3, other: 13440 })
  return first === undefined || second === undefined ? undefined : [first, second]
}

function shapesAt(
  model: Model,
  { batch, other }: { readonly batch: number; readonly other: number }
): ShapeTable | undefined {
  const sizes = new Map<string, number>()
  const bound = new Map<string, number[]>()
  for (const { name, type } of model.graph.inputs) {
    if (type?.kind !== 'tensor' || type.dims === undefined) continue
    const dims = type.dims.map((dim, axis) => {
      if (typeof dim === 'number') return dim
      const symbol = dim ?? `${name} ${axis}`
      const size = sizes.get(symbol) ?? (axis === 0 ? batch : other + 4 * sizes.size)
      sizes.set(symbol, size)
      return size
    })
    bound.set(name, dims)
  }
  try {
    return inferShapes(model, bound)
  } catch (error) {
    // Sizes that this model cannot have.
    if (error instanceof WorkbenchError && error.code === 'invalid-input') return undefined
    throw error
  }
}

/** The model with the attention around one softmax replaced; undefined when it is not understood. */
function fuseOne(model: Model, weights: string, probes: Probes): Model | undefined {
  const [scope] = graphScopes(model)
  if (scope === undefined) return undefined
  const opset = standardOpset(model) ?? 1
  const [found, ...others] = probes.map((shapes) => findPlainAttention({ scope, shapes, opset }, weights))
  if (found === undefined || others.some((other) => !isSame(other, found))) return undefined
  const nodes = model.graph.nodes.map((node) =>
    node.outputs[0] === found.output ? fusedNode(node, found) : node
  )
  const fused = removeUnused({ ...model, graph: { ...model.graph, nodes } }).model
  // Somebody else may use what is in between, the weights for one: computing it twice would be slower.
  return fused.graph.nodes.some(({ outputs }) => outputs[0] === weights) ? undefined : fused
}

function fusedNode({ name }: Node, { q, k, v, output, heads, scale }: PlainAttention): Node {
  return {
    name,
    opType: 'MultiHeadAttention',
    domain: contributedDomain,
    inputs: [q, k, v],
    outputs: [output],
    attributes: new Map([
      ['num_heads', intAttribute(heads)],
      ['scale', floatAttribute(scale)]
    ])
  }
}

function isSame(one: PlainAttention | undefined, other: PlainAttention): boolean {
  const { q, k, v, output, heads, scale } = other
  if (one?.q !== q || one.k !== k || one.v !== v) return false
  return one.output === output && one.heads === heads && one.scale === scale
}
