import type { Dimension, Model, ValueInfo } from '../../onnx/ir/model'

/** An input or output of a graph; `dims` undefined: the rank is unknown. */
export interface ModelValue {
  readonly name: string
  readonly dataType: string
  readonly dims: readonly Dimension[] | undefined
}

/** What a graph asks for and gives: inputs that have no initializer, outputs, and what its exporter noted. */
export interface ModelInterface {
  readonly inputs: readonly ModelValue[]
  readonly outputs: readonly ModelValue[]
  /** ONNX's `metadata_props`. */
  readonly metadata: ReadonlyMap<string, string>
}

/** The interface of a decoded model. A value that is not a tensor shows its kind as its data type. */
export function modelInterface({ graph, metadataProps }: Model): ModelInterface {
  return {
    inputs: graph.inputs.filter(({ name }) => !graph.initializers.has(name)).map(describeValue),
    outputs: graph.outputs.map(describeValue),
    metadata: metadataProps
  }
}

function describeValue({ name, type }: ValueInfo): ModelValue {
  if (type?.kind !== 'tensor') return { name, dataType: type?.kind ?? 'unknown', dims: undefined }
  return { name, dataType: type.dataType, dims: type.dims }
}

/** A value as messages show it: `float32 input_features [batch, 80, frames]`. */
export function formatValue({ name, dataType, dims }: ModelValue): string {
  return `${dataType} ${name} ${dims === undefined ? '[...]' : `[${dims.map((dim) => dim ?? '?').join(', ')}]`}`
}

/** Several values as messages show them. */
export function formatValues(values: readonly ModelValue[]): string {
  return values.length === 0 ? 'nothing' : values.map(formatValue).join(' and ')
}
