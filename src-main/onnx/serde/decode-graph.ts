/** GraphProto, NodeProto and AttributeProto to the IR; they contain each other, so they are together. */
import { WorkbenchError } from '@contract/errors'
import type { Attribute, Graph, Node, QuantizationAnnotation } from '../ir/model'
import type { Tensor } from '../ir/tensor'
import { decodeAnnotations, entriesToMap } from './annotations'
import { decodeNodeDevices } from './decode-device-configuration'
import { decodeSparseTensor, decodeTensor } from './decode-tensor'
import { decodeType, decodeValueInfo } from './decode-type'
import { bigintOf } from './int64'
import { maximumGraphDepth } from './onnx-schema'
import type { WireAttribute, WireGraph, WireNode, WireTensor } from './wire-messages'

/**
 * The graph that a message describes; `depth` is 0 for a main graph and one more in each subgraph.
 *
 * @throws WorkbenchError `invalid-input` for a damaged graph, `unsupported-model` for one beyond Lathe's limits.
 */
export function decodeGraph(wire: WireGraph, depth: number): Graph {
  const what = `graph '${wire.name}'`
  if (depth > maximumGraphDepth) {
    throw new WorkbenchError(
      'unsupported-model',
      `Subgraph ${what} is nested ${depth} deep, expected at most ${maximumGraphDepth}.`
    )
  }
  return {
    name: wire.name,
    nodes: wire.node.map((node) => decodeNode(node, depth, what)),
    initializers: decodeInitializers(wire.initializer, what),
    sparseInitializers: wire.sparseInitializer.map((tensor) => decodeSparseTensor(tensor, what)),
    inputs: wire.input.map(decodeValueInfo),
    outputs: wire.output.map(decodeValueInfo),
    valueInfos: wire.valueInfo.map(decodeValueInfo),
    quantizationAnnotations: wire.quantizationAnnotation.map((annotation): QuantizationAnnotation => ({
      tensorName: annotation.tensorName,
      parameters: entriesToMap(annotation.quantParameterTensorNames)
    })),
    ...decodeAnnotations(wire)
  }
}

function decodeInitializers(wires: readonly WireTensor[], what: string): Map<string, Tensor> {
  const initializers = new Map<string, Tensor>()
  for (const wire of wires) {
    if (wire.name === '' || initializers.has(wire.name)) {
      throw new WorkbenchError(
        'invalid-input',
        wire.name === ''
          ? `An initializer of ${what} has no name.`
          : `Initializer '${wire.name}' of ${what} is defined twice.`
      )
    }
    initializers.set(wire.name, decodeTensor(wire, what))
  }
  return initializers
}

/** @throws WorkbenchError as `decodeGraph`. `owner` names the graph or function in messages. */
export function decodeNode(wire: WireNode, depth: number, owner: string): Node {
  const what = `node '${wire.name === '' ? wire.opType : wire.name}' of ${owner}`
  return {
    name: wire.name,
    opType: wire.opType,
    domain: canonicalDomain(wire.domain),
    ...(wire.overload === '' ? {} : { overload: wire.overload }),
    inputs: wire.input,
    outputs: wire.output,
    attributes: decodeAttributes(wire.attribute, depth, what),
    ...(wire.deviceConfigurations.length === 0
      ? {}
      : { deviceConfigurations: wire.deviceConfigurations.map(decodeNodeDevices) }),
    ...decodeAnnotations(wire)
  }
}

/** ONNX has two spellings for its own domain; the IR has one. */
export function canonicalDomain(domain: string): string {
  return domain === 'ai.onnx' ? '' : domain
}

/** @throws WorkbenchError as `decodeGraph`, and `invalid-input` for two attributes of one name. */
export function decodeAttributes(
  wires: readonly WireAttribute[],
  depth: number,
  what: string
): Map<string, Attribute> {
  const attributes = new Map<string, Attribute>()
  for (const wire of wires) {
    if (attributes.has(wire.name)) {
      throw new WorkbenchError('invalid-input', `Attribute '${wire.name}' of ${what} is defined twice.`)
    }
    const attribute = decodeAttribute(wire, depth, `attribute '${wire.name}' of ${what}`)
    attributes.set(wire.name, wire.docString === '' ? attribute : { ...attribute, docString: wire.docString })
  }
  return attributes
}

const noBytes = new Uint8Array(0)

/** Numbers are those of AttributeProto.AttributeType. A zero may be absent: proto3 writers leave it out. */
function decodeAttribute(wire: WireAttribute, depth: number, what: string): Attribute {
  if (wire.refAttrName !== '') {
    return { kind: 'reference', attributeName: wire.refAttrName, type: wire.type }
  }
  switch (wire.type) {
    case 1:
      return { kind: 'float', value: wire.f ?? 0 }
    case 2:
      return { kind: 'int', value: bigintOf(wire.i) }
    case 3:
      return { kind: 'string', value: wire.s ?? noBytes }
    case 4:
      return { kind: 'tensor', value: decodeTensor(present(wire.t, what), what) }
    case 5:
      return { kind: 'graph', value: decodeGraph(present(wire.g, what), depth + 1) }
    case 6:
      return { kind: 'floats', value: wire.floats }
    case 7:
      return { kind: 'ints', value: wire.ints.map(bigintOf) }
    case 8:
      return { kind: 'strings', value: wire.strings }
    case 9:
      return { kind: 'tensors', value: wire.tensors.map((tensor) => decodeTensor(tensor, what)) }
    case 10:
      return { kind: 'graphs', value: wire.graphs.map((graph) => decodeGraph(graph, depth + 1)) }
    case 11:
      return { kind: 'sparse-tensor', value: decodeSparseTensor(present(wire.sparseTensor, what), what) }
    case 12:
      return {
        kind: 'sparse-tensors',
        value: wire.sparseTensors.map((tensor) => decodeSparseTensor(tensor, what))
      }
    case 13:
      return { kind: 'type', value: present(decodeType(wire.tp, what), what) }
    case 14:
      return { kind: 'types', value: wire.typeProtos.map((type) => present(decodeType(type, what), what)) }
    default:
      throw new WorkbenchError(
        'invalid-input',
        `The type of ${what} is ${wire.type}, expected 1 to 14; export the model again with a current exporter.`
      )
  }
}

function present<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) {
    throw new WorkbenchError('invalid-input', `The value of ${what} is missing; the file is damaged.`)
  }
  return value
}
