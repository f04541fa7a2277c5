/** The shapes that protobufjs gives to decoded ONNX messages; `Outgoing` of a shape is what it takes to encode one. */

/** A 64-bit integer in two halves, as protobufjs has it. */
export interface WireInt64 {
  readonly low: number
  readonly high: number
}

export interface WireEntry {
  readonly key: string
  readonly value: string
}

export interface WireModel {
  readonly irVersion: WireInt64
  readonly opsetImport: readonly WireOpset[]
  readonly producerName: string
  readonly producerVersion: string
  readonly domain: string
  readonly modelVersion: WireInt64
  readonly docString: string
  readonly graph: WireGraph | null
  readonly metadataProps: readonly WireEntry[]
  readonly trainingInfo: readonly WireTrainingInfo[]
  readonly functions: readonly WireFunction[]
  readonly configuration: readonly WireDeviceConfiguration[]
}

export interface WireOpset {
  readonly domain: string
  readonly version: WireInt64
}

export interface WireDeviceConfiguration {
  readonly name: string
  readonly numDevices: number
  readonly device: readonly string[]
}

export interface WireTrainingInfo {
  readonly initialization: WireGraph | null
  readonly algorithm: WireGraph | null
  readonly initializationBinding: readonly WireEntry[]
  readonly updateBinding: readonly WireEntry[]
}

export interface WireFunction {
  readonly name: string
  readonly input: readonly string[]
  readonly output: readonly string[]
  readonly attribute: readonly string[]
  readonly node: readonly WireNode[]
  readonly docString: string
  readonly opsetImport: readonly WireOpset[]
  readonly domain: string
  readonly attributeProto: readonly WireAttribute[]
  readonly valueInfo: readonly WireValueInfo[]
  readonly overload: string
  readonly metadataProps: readonly WireEntry[]
}

export interface WireGraph {
  readonly node: readonly WireNode[]
  readonly name: string
  readonly initializer: readonly WireTensor[]
  readonly docString: string
  readonly input: readonly WireValueInfo[]
  readonly output: readonly WireValueInfo[]
  readonly valueInfo: readonly WireValueInfo[]
  readonly quantizationAnnotation: readonly WireTensorAnnotation[]
  readonly sparseInitializer: readonly WireSparseTensor[]
  readonly metadataProps: readonly WireEntry[]
}

export interface WireTensorAnnotation {
  readonly tensorName: string
  readonly quantParameterTensorNames: readonly WireEntry[]
}

export interface WireNode {
  readonly input: readonly string[]
  readonly output: readonly string[]
  readonly name: string
  readonly opType: string
  readonly attribute: readonly WireAttribute[]
  readonly docString: string
  readonly domain: string
  readonly overload: string
  readonly metadataProps: readonly WireEntry[]
  readonly deviceConfigurations: readonly WireNodeDeviceConfiguration[]
}

export interface WireNodeDeviceConfiguration {
  readonly configurationId: string
  readonly shardingSpec: readonly WireShardingSpec[]
  readonly pipelineStage: number | null
}

export interface WireShardingSpec {
  readonly tensorName: string
  readonly device: readonly WireInt64[]
  readonly indexToDeviceGroupMap: readonly { readonly key: WireInt64; readonly value: readonly WireInt64[] }[]
  readonly shardedDim: readonly WireShardedDim[]
}

export interface WireShardedDim {
  readonly axis: WireInt64
  readonly simpleSharding: readonly {
    /** Which of the next two is there; protobufjs gives the other a default. */
    readonly dim: 'dimValue' | 'dimParam' | undefined
    readonly dimValue: WireInt64
    readonly dimParam: string
    readonly numShards: WireInt64
  }[]
}

export interface WireAttribute {
  readonly name: string
  readonly f: number | null
  readonly i: WireInt64
  readonly s: Uint8Array | null
  readonly t: WireTensor | null
  readonly g: WireGraph | null
  readonly floats: readonly number[]
  readonly ints: readonly WireInt64[]
  readonly strings: readonly Uint8Array[]
  readonly tensors: readonly WireTensor[]
  readonly graphs: readonly WireGraph[]
  readonly docString: string
  readonly tp: WireType | null
  readonly typeProtos: readonly WireType[]
  readonly type: number
  readonly refAttrName: string
  readonly sparseTensor: WireSparseTensor | null
  readonly sparseTensors: readonly WireSparseTensor[]
}

export interface WireValueInfo {
  readonly name: string
  readonly type: WireType | null
  readonly docString: string
  readonly metadataProps: readonly WireEntry[]
}

export interface WireTensor {
  readonly dims: readonly WireInt64[]
  readonly dataType: number
  readonly segment: { readonly begin: WireInt64; readonly end: WireInt64 } | null
  readonly floatData: readonly number[]
  readonly int32Data: readonly number[]
  readonly stringData: readonly Uint8Array[]
  readonly int64Data: readonly WireInt64[]
  readonly name: string
  /** protobufjs's default for absent bytes is an empty array. */
  readonly rawData: Uint8Array | readonly []
  readonly doubleData: readonly number[]
  readonly uint64Data: readonly WireInt64[]
  readonly docString: string
  readonly externalData: readonly WireEntry[]
  readonly dataLocation: number
  readonly metadataProps: readonly WireEntry[]
}

export interface WireSparseTensor {
  readonly values: WireTensor | null
  readonly indices: WireTensor | null
  readonly dims: readonly WireInt64[]
}

export interface WireShape {
  readonly dim: readonly {
    /** Which of the next two is there; protobufjs gives the other a default. */
    readonly value: 'dimValue' | 'dimParam' | undefined
    readonly dimValue: WireInt64
    readonly dimParam: string
    readonly denotation: string
  }[]
}

export interface WireType {
  readonly tensorType: { readonly elemType: number; readonly shape: WireShape | null } | null
  readonly sequenceType: { readonly elemType: WireType | null } | null
  readonly mapType: { readonly keyType: number; readonly valueType: WireType | null } | null
  readonly opaqueType: { readonly domain: string; readonly name: string } | null
  readonly sparseTensorType: { readonly elemType: number; readonly shape: WireShape | null } | null
  readonly optionalType: { readonly elemType: WireType | null } | null
  readonly denotation: string
}

/** A message to encode: members that are left out or undefined are not written. */
export type Outgoing<T> = T extends WireInt64 | Uint8Array | string | number | null
  ? T
  : T extends readonly (infer E)[]
    ? readonly Outgoing<E>[]
    : { readonly [K in keyof T]?: Outgoing<T[K]> | undefined }
