/** Fused attention: ONNX's Attention (opset 23) and ONNX Runtime's MultiHeadAttention. */
import { readInt } from '../ir/attribute'
import { inferredValue, type Dim } from './inferred-value'
import type { RuleFamily, ShapeRule } from './shape-rule'

/** Q, K and V are [batch, heads, frames, headSize], or [batch, frames, heads * headSize] with the heads in attributes. */
const attention: ShapeRule = ({ node, input, hasInput }) => {
  const { dataType, dims: q } = input(0)
  const k = input(1).dims
  const v = input(2).dims
  const pastFrames: Dim = hasInput(4) ? input(4).dims?.[2] : 0
  if (q === undefined || k === undefined || v === undefined) return []
  const isPacked = q.length === 3
  const queryHeads = readInt(node, 'q_num_heads', 0)
  const keyHeads = readInt(node, 'kv_num_heads', 0)
  const keyFrames = isPacked ? k[1] : k[2]
  const total = keyFrames === undefined || pastFrames === undefined ? undefined : keyFrames + pastFrames
  const headSize = (dims: readonly Dim[]): Dim =>
    !isPacked ? dims[3] : dims[2] === undefined ? undefined : dims[2] / keyHeads
  const heads: Dim = isPacked ? keyHeads : k[1]
  const valueSize = headSize(v)
  const width = valueSize === undefined ? undefined : valueSize * queryHeads
  const scores = [q[0], isPacked ? queryHeads : q[1], isPacked ? q[1] : q[2], total]
  return [
    inferredValue(dataType, isPacked ? [q[0], q[1], width] : [...q.slice(0, 3), valueSize]),
    inferredValue(dataType, [k[0], heads, total, headSize(k)]),
    inferredValue(dataType, [v[0], heads, total, valueSize]),
    inferredValue(dataType, scores)
  ]
}

/** query [batch, frames, width], with separate keys and values; only the first output is inferred. */
const multiHeadAttention: ShapeRule = ({ input }) => {
  const { dataType, dims: query } = input(0)
  const value = input(2).dims
  if (query?.length !== 3) return [inferredValue(dataType, undefined)]
  // Values may come already split into heads [batch, heads, frames, headSize].
  const split = value?.length === 4 ? [value[1], value[3]] : undefined
  const [heads, size] = split ?? []
  const width =
    split === undefined ? value?.[2] : heads === undefined || size === undefined ? undefined : heads * size
  return [inferredValue(dataType, [query[0], query[1], width])]
}

/** Attention of `com.microsoft` has another meaning from ONNX's: input [batch, frames, in], merged weights. */
const mergedAttention: ShapeRule = ({ node, input }) => {
  const { dataType, dims } = input(0)
  const merged = input(1).dims?.[1]
  const isPlain = !node.attributes.has('qkv_hidden_sizes') && merged !== undefined
  return [inferredValue(dataType, dims && [dims[0], dims[1], isPlain ? merged / 3 : undefined])]
}

export const attentionRules: RuleFamily = { Attention: attention }
export const contributedAttentionRules: RuleFamily = {
  Attention: mergedAttention,
  MultiHeadAttention: multiHeadAttention
}
