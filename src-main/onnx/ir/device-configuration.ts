/** Multi-device annotations of IR 11 and later. Lathe does not read them; they are kept so that nothing is lost. */

/** A set of devices that nodes refer to: ONNX's DeviceConfigurationProto. */
export interface DeviceConfiguration {
  readonly name: string
  readonly deviceCount: number
  readonly devices: readonly string[]
}

/** How one node is spread over devices: ONNX's NodeDeviceConfigurationProto. */
export interface NodeDeviceConfiguration {
  readonly configurationId: string
  readonly shardings: readonly Sharding[]
  readonly pipelineStage?: number
}

/** How one value is cut: ONNX's ShardingSpecProto. */
export interface Sharding {
  readonly tensorName: string
  readonly devices: readonly bigint[]
  readonly deviceGroups: readonly { readonly key: bigint; readonly devices: readonly bigint[] }[]
  readonly dims: readonly ShardedDim[]
}

export interface ShardedDim {
  readonly axis: bigint
  readonly parts: readonly { readonly dim: bigint | string | undefined; readonly shardCount: bigint }[]
}
