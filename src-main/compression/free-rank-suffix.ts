/**
 * The rest of a model from one factorised matrix on, with the factors as inputs: one session then runs every rank, and
 * nothing before the matrix is computed again.
 */
import { WorkbenchError } from '@contract/errors'
import type { Model, ValueInfo } from '../onnx/ir/model'
import { tensorBytes, type Tensor } from '../onnx/ir/tensor'
import type { LinearLayer } from '../onnx/linear-layer/linear-layer'
import { extractSubgraph, liveValues } from '../onnx/passes/extract-subgraph'
import type { RuntimeTensor } from '../runtime/inference-backend'
import { applyLowRank } from './apply-low-rank'
import { layerMatrix } from './layer-matrix'
import type { LowRankFactors } from './low-rank-factors'

export interface FreeRankSuffix {
  /** Where the suffix starts: the index of a node of the uncut model. */
  readonly position: number
  /** From `liveInputs` and the factors to the outputs. */
  readonly model: Model
  /** Values of the uncut model that are fed. */
  readonly liveInputs: readonly string[]
  /** The other inputs at a rank. @throws WorkbenchError as `applyLowRank`. */
  readonly factorFeeds: (rank: number) => Record<string, RuntimeTensor>
}

/**
 * The suffix of `model` in which the matrix of `users` is a pair of factors.
 *
 * It is cut out of the really rewritten model (`applyLowRank`); everything stored that the rewrite added becomes an input
 * of free sizes. So it computes what the rewritten model computes, whatever the form of the layers.
 *
 * - `users`    all layers that multiply by the matrix and are cut together.
 * - `outputs`  of the model that are wanted.
 *
 * @throws WorkbenchError `internal` when a matrix has no users, and as `applyLowRank`.
 */
export function freeRankSuffix(
  model: Model,
  users: readonly LinearLayer[],
  factors: LowRankFactors,
  outputs: readonly string[]
): FreeRankSuffix {
  const [first] = users
  if (first === undefined) throw new WorkbenchError('internal', 'A matrix without layers cannot be cut.')
  const byMatrix = new Map([[layerMatrix(first), factors]])
  const rewrite = (rank: number) => {
    const plan = users.map((layer) => ({ layer, rank }))
    return applyLowRank(model, plan, byMatrix)
  }
  const example = rewrite(1)
  const { position, cutBefore } = firstDifference(model, example)
  const liveInputs = liveValues(example, cutBefore)
  const suffix = extractSubgraph(example, { inputs: liveInputs, outputs })
  // Whatever the rewrite stored that does not reach the outputs is not in the suffix, and must not be fed.
  const added = new Set(
    [...addedTensors(model, example).keys()].filter((name) => suffix.graph.initializers.has(name))
  )
  return {
    position,
    model: withFreeInputs(suffix, added),
    liveInputs,
    factorFeeds(rank) {
      const tensors = addedTensors(model, rewrite(rank))
      return Object.fromEntries(
        [...added].map((name) => {
          const tensor = tensors.get(name)
          if (tensor !== undefined) return [name, runtimeTensor(tensor)]
          throw new WorkbenchError(
            'internal',
            `Layer '${first.id}' is rewritten differently at rank ${rank}.`
          )
        })
      )
    }
  }
}

/** Passes share what they do not change, so the first node that is not shared is where the models part. */
function firstDifference(original: Model, rewritten: Model): { position: number; cutBefore: string } {
  const indices = new Map(original.graph.nodes.map((node, index) => [node, index]))
  let position = 0
  for (const node of rewritten.graph.nodes) {
    const index = indices.get(node)
    if (index === undefined)
      return { position, cutBefore: node.outputs.find((output) => output !== '') ?? '' }
    position = index + 1
  }
  throw new WorkbenchError('internal', 'The rewrite changed no node of the model.')
}

function addedTensors(original: Model, rewritten: Model): Map<string, Tensor> {
  const { initializers } = original.graph
  return new Map(
    [...rewritten.graph.initializers].filter(([name, tensor]) => initializers.get(name) !== tensor)
  )
}

function withFreeInputs(model: Model, names: ReadonlySet<string>): Model {
  const { graph } = model
  const inputs: ValueInfo[] = [...graph.inputs]
  const initializers = new Map<string, Tensor>()
  for (const [name, tensor] of graph.initializers) {
    if (names.has(name)) {
      const dims = tensor.dims.map(() => undefined)
      inputs.push({ name, type: { kind: 'tensor', dataType: tensor.dataType, dims } })
    } else {
      initializers.set(name, tensor)
    }
  }
  return { ...model, graph: { ...graph, inputs, initializers } }
}

function runtimeTensor(tensor: Tensor): RuntimeTensor {
  const { name, dataType, dims } = tensor
  const bytes = tensorBytes(tensor).slice().buffer
  switch (dataType) {
    case 'float32':
      return { dataType, dims, data: new Float32Array(bytes) }
    case 'int64':
      return { dataType, dims, data: new BigInt64Array(bytes) }
    default:
      throw new WorkbenchError('internal', `Factor '${name}' is ${dataType}, expected float32.`)
  }
}
