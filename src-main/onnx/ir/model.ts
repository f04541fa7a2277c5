/**
 * The in-memory form of an ONNX model. It holds ONNX's own words and nothing else; serialisation is in ../serde.
 *
 * Values are identified by name, as in the file: a subgraph may use names of the graph around it. Everything is
 * immutable, so a pass returns a new model that shares what it did not change, and the old one stays valid.
 */
import type { DataType } from './data-type'
import type { DeviceConfiguration, NodeDeviceConfiguration } from './device-configuration'
import type { Tensor } from './tensor'

/** A dimension: a known size, a named unknown size, or unknown. */
export type Dimension = number | string | undefined

/** The type of a value: ONNX's TypeProto. `denotation` is its standard meaning, such as IMAGE. */
export type ValueType = (
  | ({ readonly kind: 'tensor' } & TensorShapeType)
  | ({ readonly kind: 'sparse-tensor' } & TensorShapeType)
  | { readonly kind: 'sequence'; readonly element: ValueType | undefined }
  | { readonly kind: 'optional'; readonly element: ValueType | undefined }
  | { readonly kind: 'map'; readonly key: DataType; readonly value: ValueType | undefined }
  | { readonly kind: 'opaque'; readonly domain: string; readonly name: string }
) & { readonly denotation?: string }

/** Element type and dimensions of a dense or sparse tensor. */
export interface TensorShapeType {
  readonly dataType: DataType
  /** Undefined: the rank is unknown. */
  readonly dims: readonly Dimension[] | undefined
  /** The standard meaning of each dimension, such as DATA_BATCH; '' for none. As long as `dims`. */
  readonly dimDenotations?: readonly string[]
}

/** A named, typed value: a graph input, output or annotated intermediate. */
export interface ValueInfo {
  readonly name: string
  readonly type: ValueType | undefined
  readonly docString?: string
  readonly metadataProps?: ReadonlyMap<string, string>
}

export interface SparseTensor {
  readonly values: Tensor
  readonly indices: Tensor
  readonly dims: readonly number[]
}

/** The value of an attribute. `reference` names a parameter of the function around it. */
export type Attribute = (
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'int'; readonly value: bigint }
  | { readonly kind: 'string'; readonly value: Uint8Array }
  | { readonly kind: 'tensor'; readonly value: Tensor }
  | { readonly kind: 'graph'; readonly value: Graph }
  | { readonly kind: 'sparse-tensor'; readonly value: SparseTensor }
  | { readonly kind: 'type'; readonly value: ValueType }
  | { readonly kind: 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'ints'; readonly value: readonly bigint[] }
  | { readonly kind: 'strings'; readonly value: readonly Uint8Array[] }
  | { readonly kind: 'tensors'; readonly value: readonly Tensor[] }
  | { readonly kind: 'graphs'; readonly value: readonly Graph[] }
  | { readonly kind: 'sparse-tensors'; readonly value: readonly SparseTensor[] }
  | { readonly kind: 'types'; readonly value: readonly ValueType[] }
  | { readonly kind: 'reference'; readonly attributeName: string; readonly type: number }
) & { readonly docString?: string }

export interface Node {
  /** May be empty: ONNX does not require names. */
  readonly name: string
  readonly opType: string
  /** '' is the default ONNX domain. */
  readonly domain: string
  readonly overload?: string
  /** An empty string marks an optional input that is left out. */
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: ReadonlyMap<string, Attribute>
  readonly deviceConfigurations?: readonly NodeDeviceConfiguration[]
  readonly docString?: string
  readonly metadataProps?: ReadonlyMap<string, string>
}

export interface Graph {
  readonly name: string
  /** In topological order. */
  readonly nodes: readonly Node[]
  /** By name, in file order. One tensor may be used by many nodes and is stored once. */
  readonly initializers: ReadonlyMap<string, Tensor>
  readonly sparseInitializers: readonly SparseTensor[]
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  /** Annotated intermediate values. */
  readonly valueInfos: readonly ValueInfo[]
  readonly quantizationAnnotations: readonly QuantizationAnnotation[]
  readonly docString?: string
  readonly metadataProps?: ReadonlyMap<string, string>
}

export interface QuantizationAnnotation {
  readonly tensorName: string
  readonly parameters: ReadonlyMap<string, string>
}

/** A model-local function: ONNX's FunctionProto. */
export interface ModelFunction {
  readonly name: string
  readonly domain: string
  readonly overload?: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** Names of attributes without a default. */
  readonly attributeNames: readonly string[]
  readonly attributeDefaults: ReadonlyMap<string, Attribute>
  readonly nodes: readonly Node[]
  readonly opsetImports: ReadonlyMap<string, number>
  readonly valueInfos: readonly ValueInfo[]
  readonly docString?: string
  readonly metadataProps?: ReadonlyMap<string, string>
}

/** How a model is trained: ONNX's TrainingInfoProto. Kept, not used. */
export interface TrainingInfo {
  readonly initialization: Graph | undefined
  readonly algorithm: Graph | undefined
  /** Initializer to the output of `initialization` that sets it. */
  readonly initializationBindings: ReadonlyMap<string, string>
  /** Initializer to the output of `algorithm` that updates it. */
  readonly updateBindings: ReadonlyMap<string, string>
}

export interface Model {
  readonly irVersion: number
  /** Domain to version; '' is the default ONNX domain. */
  readonly opsetImports: ReadonlyMap<string, number>
  readonly producerName: string
  readonly producerVersion: string
  readonly domain: string
  readonly modelVersion: bigint
  readonly graph: Graph
  readonly functions: readonly ModelFunction[]
  readonly trainingInfo?: readonly TrainingInfo[]
  readonly deviceConfigurations?: readonly DeviceConfiguration[]
  readonly docString?: string
  /** What runtimes such as sherpa-onnx read; a pass never drops it. */
  readonly metadataProps: ReadonlyMap<string, string>
}
