/** Writing ONNX files. */
import { WorkbenchError, wrapError } from '@contract/errors'
import type { Model, ModelFunction, TrainingInfo } from '../ir/model'
import { tensorBytes, type Tensor } from '../ir/tensor'
import { encodeAnnotations, mapToEntries } from './annotations'
import { encodeDeviceConfiguration } from './encode-device-configuration'
import { encodeAttributes, encodeGraph, encodeGraphWithoutInitializers, encodeNode } from './encode-graph'
import { encodeTensorWithoutBytes } from './encode-tensor'
import { encodeValueInfo } from './encode-type'
import { wireInt64 } from './int64'
import { messageType } from './onnx-schema'
import type {
  Outgoing,
  WireFunction,
  WireGraph,
  WireModel,
  WireOpset,
  WireTensor,
  WireTrainingInfo
} from './wire-messages'

/** Protobuf's limit for one message. */
const maximumSizeBytes = 2 ** 31 - 1

// Field number << 3 | wire type 2 (length-delimited), for the fields that are laid out here.
const modelGraphTag = (7 << 3) | 2
const graphInitializerTag = (5 << 3) | 2
const tensorRawDataTag = (9 << 3) | 2

/**
 * The bytes of an .onnx file that holds `model`.
 *
 * Deterministic: equal models (with maps in equal order) give equal bytes. Values are written raw; external tensors
 * stay references to their file. The values of the main graph's initializers are copied once, into the result, and
 * deferred ones read one after the other: the graph is the last field of the model and the initializers the last of the
 * graph, which protobuf allows.
 *
 * @throws WorkbenchError `unsupported-model` when the file would exceed 2 GiB (externalize the model first) or when
 * subgraphs are nested too deeply.
 */
export function encodeModel(model: Model): Uint8Array<ArrayBuffer> {
  const { head, graph, initializers, graphSize, size } = layOutModel(model)
  if (size > maximumSizeBytes) {
    throw new WorkbenchError(
      'unsupported-model',
      `The model takes ${size} bytes, more than the ${maximumSizeBytes} of one ONNX file; store its weights as external data.`
    )
  }
  const file = new FileBytes(size)
  file.append(head)
  file.appendFieldHead(modelGraphTag, graphSize)
  file.append(graph)
  for (const { tensor, head: tensorHead, rawBytes, size: tensorSize } of initializers) {
    file.appendFieldHead(graphInitializerTag, tensorSize)
    file.append(tensorHead)
    if (rawBytes > 0) {
      file.appendFieldHead(tensorRawDataTag, rawBytes)
      file.append(tensorBytes(tensor))
    }
  }
  return file.bytes
}

/** The bytes that `encodeModel` gives, also beyond its limit; no deferred values are read. */
export function encodedSizeBytes(model: Model): number {
  return layOutModel(model).size
}

function layOutModel(model: Model) {
  const head = encodeMessage('ModelProto', encodeModelWithoutGraph(model))
  const graph = encodeMessage('GraphProto', encodeGraphWithoutInitializers(model.graph, 0))
  const initializers = [...model.graph.initializers.values()].map(layOutInitializer)
  const graphSize = initializers.reduce(
    (sum, initializer) => sum + fieldSize(initializer.size),
    graph.byteLength
  )
  return { head, graph, initializers, graphSize, size: head.byteLength + fieldSize(graphSize) }
}

interface LaidOutInitializer {
  readonly tensor: Tensor
  readonly head: Uint8Array
  /** Length of the values that go into the file itself; 0 when there are none. */
  readonly rawBytes: number
  /** Of the whole message. */
  readonly size: number
}

function layOutInitializer(tensor: Tensor): LaidOutInitializer {
  const head = encodeMessage('TensorProto', encodeTensorWithoutBytes(tensor))
  const rawBytes = rawLength(tensor)
  const size = head.byteLength + (rawBytes === 0 ? 0 : fieldSize(rawBytes))
  return { tensor, head, rawBytes, size }
}

function rawLength({ data }: Tensor): number {
  if (data.kind === 'bytes') return data.bytes.byteLength
  return data.kind === 'deferred' ? data.lengthBytes : 0
}

/** Bytes of a length-delimited field with a one-byte tag. */
function fieldSize(contentSize: number): number {
  let varintSize = 1
  for (let rest = Math.floor(contentSize / 128); rest > 0; rest = Math.floor(rest / 128)) varintSize++
  return 1 + varintSize + contentSize
}

/** A file of known size, filled from front to back. */
class FileBytes {
  readonly bytes: Uint8Array<ArrayBuffer>
  #position = 0

  constructor(size: number) {
    this.bytes = new Uint8Array(size)
  }

  append(part: Uint8Array): void {
    this.bytes.set(part, this.#position)
    this.#position += part.byteLength
  }

  /** A one-byte tag and a length as a base-128 varint. */
  appendFieldHead(tag: number, contentSize: number): void {
    this.bytes[this.#position++] = tag
    let rest = contentSize
    for (; rest > 127; rest >>>= 7) this.bytes[this.#position++] = (rest & 127) | 128
    this.bytes[this.#position++] = rest
  }
}

function encodeMessage(name: 'ModelProto', message: Outgoing<WireModel>): Uint8Array
function encodeMessage(name: 'GraphProto', message: Outgoing<WireGraph>): Uint8Array
function encodeMessage(name: 'TensorProto', message: Outgoing<WireTensor>): Uint8Array
function encodeMessage(name: 'ModelProto' | 'GraphProto' | 'TensorProto', message: object): Uint8Array {
  try {
    return messageType(name).encode(message).finish()
  } catch (error) {
    // Graphs are within their limit here, so what protobufjs finds too deep are types.
    throw wrapError(
      error,
      'unsupported-model',
      'The model cannot be written: a type in it is nested too deeply.'
    )
  }
}

function encodeModelWithoutGraph(model: Model): Outgoing<WireModel> {
  return {
    irVersion: wireInt64(model.irVersion),
    opsetImport: encodeOpsets(model.opsetImports),
    producerName: model.producerName,
    producerVersion: model.producerVersion,
    domain: model.domain,
    modelVersion: wireInt64(model.modelVersion),
    functions: model.functions.map(encodeFunction),
    trainingInfo: model.trainingInfo?.map(encodeTrainingInfo),
    configuration: model.deviceConfigurations?.map(encodeDeviceConfiguration),
    ...encodeAnnotations(model)
  }
}

function encodeOpsets(opsets: ReadonlyMap<string, number>): Outgoing<WireOpset>[] {
  return [...opsets].map(([domain, version]) => ({ domain, version: wireInt64(version) }))
}

function encodeFunction(definition: ModelFunction): Outgoing<WireFunction> {
  return {
    name: definition.name,
    domain: definition.domain,
    overload: definition.overload,
    input: definition.inputs,
    output: definition.outputs,
    attribute: definition.attributeNames,
    attributeProto: encodeAttributes(definition.attributeDefaults, 0),
    node: definition.nodes.map((node) => encodeNode(node, 0)),
    opsetImport: encodeOpsets(definition.opsetImports),
    valueInfo: definition.valueInfos.map(encodeValueInfo),
    ...encodeAnnotations(definition)
  }
}

function encodeTrainingInfo(info: TrainingInfo): Outgoing<WireTrainingInfo> {
  return {
    initialization: info.initialization === undefined ? undefined : encodeGraph(info.initialization, 0),
    algorithm: info.algorithm === undefined ? undefined : encodeGraph(info.algorithm, 0),
    initializationBinding: mapToEntries(info.initializationBindings),
    updateBinding: mapToEntries(info.updateBindings)
  }
}
