/** Multi-device annotations from the IR to the file. */
import type { DeviceConfiguration, NodeDeviceConfiguration, Sharding } from '../ir/device-configuration'
import { wireInt64 } from './int64'
import type {
  Outgoing,
  WireDeviceConfiguration,
  WireNodeDeviceConfiguration,
  WireShardingSpec
} from './wire-messages'

export function encodeDeviceConfiguration(
  configuration: DeviceConfiguration
): Outgoing<WireDeviceConfiguration> {
  return {
    name: configuration.name,
    numDevices: configuration.deviceCount,
    device: configuration.devices
  }
}

export function encodeNodeDevices(
  configuration: NodeDeviceConfiguration
): Outgoing<WireNodeDeviceConfiguration> {
  return {
    configurationId: configuration.configurationId,
    shardingSpec: configuration.shardings.map(encodeSharding),
    pipelineStage: configuration.pipelineStage
  }
}

function encodeSharding(sharding: Sharding): Outgoing<WireShardingSpec> {
  return {
    tensorName: sharding.tensorName,
    device: sharding.devices.map(wireInt64),
    indexToDeviceGroupMap: sharding.deviceGroups.map((group) => ({
      key: wireInt64(group.key),
      value: group.devices.map(wireInt64)
    })),
    shardedDim: sharding.dims.map((dim) => ({
      axis: wireInt64(dim.axis),
      simpleSharding: dim.parts.map((part) => ({
        dimValue: typeof part.dim === 'bigint' ? wireInt64(part.dim) : undefined,
        dimParam: typeof part.dim === 'string' ? part.dim : undefined,
        numShards: wireInt64(part.shardCount)
      }))
    }))
  }
}
