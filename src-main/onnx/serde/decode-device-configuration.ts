/** Multi-device annotations from the file to the IR. */
import type { DeviceConfiguration, NodeDeviceConfiguration, Sharding } from '../ir/device-configuration'
import { bigintOf } from './int64'
import type { WireDeviceConfiguration, WireNodeDeviceConfiguration, WireShardingSpec } from './wire-messages'

export function decodeDeviceConfiguration(wire: WireDeviceConfiguration): DeviceConfiguration {
  return { name: wire.name, deviceCount: wire.numDevices, devices: wire.device }
}

export function decodeNodeDevices(wire: WireNodeDeviceConfiguration): NodeDeviceConfiguration {
  return {
    configurationId: wire.configurationId,
    shardings: wire.shardingSpec.map(decodeSharding),
    ...(wire.pipelineStage === null ? {} : { pipelineStage: wire.pipelineStage })
  }
}

function decodeSharding(wire: WireShardingSpec): Sharding {
  return {
    tensorName: wire.tensorName,
    devices: wire.device.map(bigintOf),
    deviceGroups: wire.indexToDeviceGroupMap.map((entry) => ({
      key: bigintOf(entry.key),
      devices: entry.value.map(bigintOf)
    })),
    dims: wire.shardedDim.map((dim) => ({
      axis: bigintOf(dim.axis),
      parts: dim.simpleSharding.map((part) => ({
        dim:
          part.dim === undefined
            ? undefined
            : part.dim === 'dimValue'
              ? bigintOf(part.dimValue)
              : part.dimParam,
        shardCount: bigintOf(part.numShards)
      }))
    }))
  }
}
