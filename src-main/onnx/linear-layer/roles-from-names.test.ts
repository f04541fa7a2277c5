import { describe, expect, it } from 'vitest'
import type { LinearRole } from './linear-layer'
import { roleFromNames } from './roles-from-names'

describe('roleFromNames', () => {
  it.each<[string, LinearRole | undefined, readonly number[]]>([
    ['/model/encoder/layers.0/self_attn/q_proj/MatMul', 'q', [0]],
    ['/encoder/blocks.3/attn/query/MatMul', 'q', [3]],
    ['model.decoder.layers.11.encoder_attn.k_proj.weight', 'k', [11]],
    ['/encoder/layer.7/attention/self/value/MatMul', 'v', [7]],
    ['/wav2vec2/encoder/layers.2/attention/out_proj/MatMul', 'out', [2]],
    ['/encoder/blocks.1/attn/out/MatMul', 'out', [1]],
    ['/bert/encoder/layer.4/attention/output/dense/MatMul', 'out', [4]],
    ['/bert/encoder/layer.4/intermediate/dense/MatMul', 'fc1', [4]],
    ['/bert/encoder/layer.4/output/dense/MatMul', 'fc2', [4]],
    ['/encoder/layers.0/feed_forward1/linear1/MatMul', 'fc1', [0]],
    ['/encoder/layers.0/feed_forward/output_dense/MatMul', 'fc2', [0]],
    ['/encoder/encoders.2/self_attn/linear_q/MatMul', 'q', [2]],
    ['/encoder/encoders.2/feed_forward/w_2/MatMul', 'fc2', [2]],
    ['/encoder/encoders.1/layers.4/feed_forward1/in_proj/MatMul', undefined, [1, 4]],
    ['/encoder/layers.5/conv/pointwise_conv1/Conv', 'pointwise', [5]],
    ['transformer/h.5/mlp/c_fc', 'fc1', [5]],
    ['no_past//key_2/MatMul', 'k', []],
    ['/ctc_head/MatMul', 'head', []],
    ['/lm_head/MatMul', 'head', []],
    ['kws_transformer/transformer_block_3/multi_head_self_attention_3/dense_22/bias', undefined, [3]],
    ['kws_transformer/transformer_block/multi_head_self_attention/dense_4/bias', undefined, []],
    ['onnx::MatMul_489', undefined, []],
    ['MatMul_48', undefined, []],
    ['fc1', 'fc1', []],
    ['w1', undefined, []],
    ['k_2', undefined, []],
    ['v0', undefined, []],
    ['', undefined, []],
    ['/model/conv1/out/Conv', undefined, []],
    ['/model/keyboard/MatMul', undefined, []]
  ])('%s', (name, role, blocks) => {
    expect(roleFromNames([name])).toEqual({ role, blocks })
  })

  it('trusts the first name that tells', () => {
    expect(roleFromNames(['onnx::MatMul_1', '/layers.0/fc1/MatMul', '/layers.9/fc2/MatMul'])).toEqual({
      role: 'fc1',
      blocks: [0]
    })
  })
})
