/** Words that mean something to what reads models, and words that mean something to JavaScript. */

/** Operators that Lathe has rules for, with some that it has not. */
// prettier-ignore
export const operatorTypes: readonly string[] = [
  'Abs', 'Add', 'ArgMax', 'Attention', 'AveragePool', 'BatchNormalization', 'BlackmanWindow', 'Cast', 'CastLike',
  'Compress', 'Concat', 'Constant', 'ConstantOfShape', 'Conv', 'ConvInteger', 'ConvTranspose', 'DFT', 'DepthToSpace',
  'DequantizeLinear', 'Div', 'Dropout', 'DynamicQuantizeLinear', 'DynamicQuantizeMatMul', 'Einsum', 'Equal', 'Expand',
  'EyeLike', 'Flatten', 'FusedConv', 'FusedMatMul', 'GRU', 'Gather', 'GatherElements', 'GatherND', 'Gemm',
  'GlobalAveragePool', 'GroupNormalization', 'HannWindow', 'Identity', 'If', 'LSTM', 'LayerNormalization', 'Loop',
  'MatMul', 'MatMulInteger', 'MatMulNBits', 'Max', 'MaxPool', 'MelWeightMatrix', 'Min', 'Mod', 'Mul',
  'MultiHeadAttention', 'NonZero', 'OneHot', 'PRelu', 'Pad', 'Pow', 'QLinearConv', 'QLinearMatMul', 'QuantizeLinear',
  'RNN', 'RandomNormal', 'Range', 'ReduceMean', 'ReduceSum', 'Reshape', 'Resize', 'STFT', 'Scan', 'ScatterND', 'Shape',
  'Size', 'SkipLayerNormalization', 'Slice', 'Softmax', 'SpaceToDepth', 'Split', 'Sqrt', 'Squeeze', 'Sum', 'Tile',
  'TopK', 'Transpose', 'Trilu', 'Unsqueeze', 'Upsample', 'Where', 'Xor', 'NoSuchOperator', '', '__proto__',
  'constructor', 'toString', 'hasOwnProperty', 'valueOf'
]

/** Attributes that decide shapes. */
// prettier-ignore
export const attributeNames: readonly string[] = [
  'allowzero', 'axes', 'axis', 'batch_dims', 'blocksize', 'ceil_mode', 'dilations', 'end', 'group', 'hidden_size', 'k',
  'keepdims', 'kernel_shape', 'kv_num_heads', 'layout', 'noop_with_empty_axes', 'num_scan_inputs', 'onesided',
  'output_datatype', 'output_dtype', 'output_padding', 'output_shape', 'pads', 'perm', 'q_num_heads', 'shape', 'split',
  'start', 'strides', 'to', 'transA', 'transB', 'num_outputs', 'equation', 'value', 'value_ints', 'value_int', 'body',
  'then_branch', 'K', 'N', 'bits', 'block_size', 'scan_input_axes', 'auto_pad', 'mode', 'direction', 'num_heads',
  'dtype', 'alpha', 'beta', 'fmod', 'scales', '__proto__'
]

/** Names that nothing defines, or that break what treats names as keys, paths or text. */
// prettier-ignore
export const hostileNames: readonly string[] = [
  '', 'nowhere', '__proto__', 'constructor', 'toString', ' > ', 'then_branch', '../../x', 'a\0b', '\u202e\u0000\ufeff',
  '😀'.repeat(50), 'n'.repeat(10_000), 'layers.99999999999999999999.q', 'encoder.layers.1.2.3.4.5.6.7.8.9', 'a.b'.repeat(500)
]
