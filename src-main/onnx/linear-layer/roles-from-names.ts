/**
 * Roles and block numbers that names tell. Exporters keep module paths in the names of nodes, values and weights:
 * `/model/encoder/layers.0/self_attn/q_proj/MatMul`. Names they invent (`onnx::MatMul_489`) tell nothing.
 */
import type { LinearRole } from './linear-layer'

/** Last parts of module paths, in lower case, that mean one role in every model family met so far. */
const roleWords: ReadonlyMap<string, LinearRole> = new Map<string, LinearRole>([
  ...words('q', 'q', 'q_proj', 'query', 'query_proj', 'linear_q', 'to_q', 'wq', 'q_lin', 'w_q'),
  ...words('k', 'k', 'k_proj', 'key', 'key_proj', 'linear_k', 'to_k', 'wk', 'k_lin', 'w_k'),
  ...words('v', 'v', 'v_proj', 'value', 'value_proj', 'linear_v', 'to_v', 'wv', 'v_lin', 'w_v'),
  ...words('out', 'out_proj', 'o_proj', 'linear_out', 'to_out', 'wo', 'out_lin', 'w_o'),
  ...words(
    'fc1',
    'fc1',
    'linear1',
    'mlp1',
    'w_1',
    'w1',
    'intermediate_dense',
    'up_proj',
    'gate_proj',
    'c_fc',
    'lin1'
  ),
  ...words('fc2', 'fc2', 'linear2', 'mlp2', 'w_2', 'w2', 'output_dense', 'down_proj', 'lin2'),
  ...words('pointwise', 'pointwise_conv1', 'pointwise_conv2', 'pointwise_conv'),
  ...words(
    'head',
    'lm_head',
    'ctc_head',
    'ctc_lo',
    'ctc_proj',
    'ctc',
    'classifier',
    'proj_out',
    'head',
    'logits_proj'
  )
])

function words(role: LinearRole, ...names: readonly string[]): [string, LinearRole][] {
  return names.map((name) => [name, role])
}

/** Words before a number that mean "the n-th of the repeated blocks". */
const blockWords = new Set([
  'layers',
  'layer',
  'blocks',
  'block',
  'h',
  'encoders',
  'decoders',
  'encoder_layers',
  'resblocks'
])

/** What the names of one layer tell. */
export interface NamedRole {
  readonly role: LinearRole | undefined
  /** The numbers of the repeated containers around the layer, outermost first; empty when no name has any. */
  readonly blocks: readonly number[]
}

/** Reads role and block from the names of a layer's node, values and tensors; the first name that tells wins. */
export function roleFromNames(names: readonly string[]): NamedRole {
  const paths = names.map(pathParts)
  return {
    role: paths.map(roleOfPath).find((role) => role !== undefined),
    blocks: paths.map(blocksOfPath).find((blocks) => blocks.length > 0) ?? []
  }
}

/** `/encoder/blocks.0/attn/query/MatMul_output_0` -> encoder, blocks, 0, attn, query, matmul_output_0. */
function pathParts(name: string): string[] {
  return name
    .toLowerCase()
    .split(/[/.]/)
    .filter((part) => part !== '')
}

function roleOfPath(parts: readonly string[]): LinearRole | undefined {
  for (let index = parts.length - 1; index >= 0; index--) {
    const role = roleOfPart(parts, index)
    if (role !== undefined) return role
  }
  return undefined
}

function roleOfPart(parts: readonly string[], index: number): LinearRole | undefined {
  const part = parts[index]!
  // A letter or two mean a role inside a module path; a whole name such as `w1` or `k_2` is just a counter.
  if (parts.length === 1 && /^[a-z](_?[a-z\d])?(_\d+)?$/.test(part)) return undefined
  // Tracing numbers the second use of a module: key, key_1, key_2.
  const word = roleWords.get(part) ?? roleWords.get(part.replace(/_\d+$/, ''))
  if (word !== undefined) return word
  const before = parts.slice(0, index)
  const isInAttention = before.some((outer) => outer.includes('attn') || outer.includes('attention'))
  if (/^out(_\d+)?$/.test(part)) return isInAttention ? 'out' : undefined
  // BERT: attention.output.dense, intermediate.dense, output.dense.
  if (!/^dense(_\d+)?$/.test(part)) return undefined
  const parent = parts[index - 1]
  if (parent === 'intermediate') return 'fc1'
  if (parent !== 'output') return undefined
  return isInAttention ? 'out' : 'fc2'
}

function blocksOfPath(parts: readonly string[]): number[] {
  return parts.flatMap((part, index) => {
    if (/^\d+$/.test(part) && blockWords.has(parts[index - 1] ?? '')) return [Number(part)]
    // Keras: transformer_block_3; the first one has no number.
    const numbered = /(?:^|_)(?:layer|block)_(\d+)$/.exec(part)
    return numbered === null ? [] : [Number(numbered[1])]
  })
}
