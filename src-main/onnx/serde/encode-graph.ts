/** Graphs, nodes and attributes of the IR to their messages. */
import { WorkbenchError } from '@contract/errors'
import { assertNever } from '../../base/assert-never'
import type { Attribute, Graph, Node } from '../ir/model'
import { encodeAnnotations, mapToEntries } from './annotations'
import { encodeNodeDevices } from './encode-device-configuration'
import { encodeSparseTensor, encodeTensor } from './encode-tensor'
import { encodeType, encodeValueInfo } from './encode-type'
import { wireInt64 } from './int64'
import { maximumGraphDepth } from './onnx-schema'
import type { Outgoing, WireAttribute, WireGraph, WireNode } from './wire-messages'

/** @throws WorkbenchError `unsupported-model` when subgraphs are nested beyond `maximumGraphDepth`. */
export function encodeGraph(graph: Graph, depth: number): Outgoing<WireGraph> {
  return {
    ...encodeGraphWithoutInitializers(graph, depth),
    initializer: [...graph.initializers.values()].map(encodeTensor)
  }
}

/** `encodeModel` writes the main graph's initializers itself. @throws WorkbenchError as `encodeGraph`. */
export function encodeGraphWithoutInitializers(graph: Graph, depth: number): Outgoing<WireGraph> {
  if (depth > maximumGraphDepth) {
    throw new WorkbenchError(
      'unsupported-model',
      `Subgraph '${graph.name}' is nested ${depth} deep, expected at most ${maximumGraphDepth}.`
    )
  }
  return {
    name: graph.name,
    node: graph.nodes.map((node) => encodeNode(node, depth)),
    sparseInitializer: graph.sparseInitializers.map(encodeSparseTensor),
    input: graph.inputs.map(encodeValueInfo),
    output: graph.outputs.map(encodeValueInfo),
    valueInfo: graph.valueInfos.map(encodeValueInfo),
    quantizationAnnotation: graph.quantizationAnnotations.map((annotation) => ({
      tensorName: annotation.tensorName,
      quantParameterTensorNames: mapToEntries(annotation.parameters)
    })),
    ...encodeAnnotations(graph)
  }
}

/** @throws WorkbenchError as `encodeGraph`. */
export function encodeNode(node: Node, depth: number): Outgoing<WireNode> {
  return {
    name: node.name,
    opType: node.opType,
    domain: node.domain,
    overload: node.overload,
    input: node.inputs,
    output: node.outputs,
    attribute: encodeAttributes(node.attributes, depth),
    deviceConfigurations: node.deviceConfigurations?.map(encodeNodeDevices),
    ...encodeAnnotations(node)
  }
}

/** @throws WorkbenchError as `encodeGraph`. */
export function encodeAttributes(
  attributes: ReadonlyMap<string, Attribute>,
  depth: number
): Outgoing<WireAttribute>[] {
  return [...attributes].map(([name, attribute]) => ({
    name,
    ...encodeAttribute(attribute, depth),
    docString: attribute.docString
  }))
}

/** Numbers are those of AttributeProto.AttributeType. */
function encodeAttribute(attribute: Attribute, depth: number): Outgoing<WireAttribute> {
  switch (attribute.kind) {
    case 'float':
      return { type: 1, f: attribute.value }
    case 'int':
      return { type: 2, i: wireInt64(attribute.value) }
    case 'string':
      return { type: 3, s: attribute.value }
    case 'tensor':
      return { type: 4, t: encodeTensor(attribute.value) }
    case 'graph':
      return { type: 5, g: encodeGraph(attribute.value, depth + 1) }
    case 'floats':
      return { type: 6, floats: attribute.value }
    case 'ints':
      return { type: 7, ints: attribute.value.map(wireInt64) }
    case 'strings':
      return { type: 8, strings: attribute.value }
    case 'tensors':
      return { type: 9, tensors: attribute.value.map(encodeTensor) }
    case 'graphs':
      return { type: 10, graphs: attribute.value.map((graph) => encodeGraph(graph, depth + 1)) }
    case 'sparse-tensor':
      return { type: 11, sparseTensor: encodeSparseTensor(attribute.value) }
    case 'sparse-tensors':
      return { type: 12, sparseTensors: attribute.value.map(encodeSparseTensor) }
    case 'type':
      return { type: 13, tp: encodeType(attribute.value) }
    case 'types':
      return { type: 14, typeProtos: attribute.value.map(encodeType) }
    case 'reference':
      return { type: attribute.type, refAttrName: attribute.attributeName }
    default:
      return assertNever(attribute)
  }
}
