import { GraphBuilder } from '../../../src-main/onnx/build/graph-builder'
import type { Model } from '../../../src-main/onnx/ir/model'
import type { GradientCase } from './gradient-case'

/** The graph of a case: its inputs with known or with symbolic sizes, and its outputs. */
export function forwardModel(test: GradientCase, isDynamic: boolean): Model {
  const dataType = test.dataType ?? 'float64'
  const builder = test.opset === undefined ? new GraphBuilder('case') : new GraphBuilder('case', test.opset)
  for (const [name, dims] of Object.entries(test.inputs)) {
    const isSymbolic = isDynamic && test.knownShapes?.includes(name) !== true
    builder.input(name, dataType, isSymbolic ? dims.map((_, axis) => `${name}${axis}`) : dims)
  }
  for (const [name, tensor] of Object.entries(test.fixed ?? {})) {
    builder.input(name, tensor.dataType, tensor.dims)
  }
  const outputs = [test.build(builder, dataType)].flat()
  for (const output of outputs) builder.output(output, dataType)
  return builder.build()
}
