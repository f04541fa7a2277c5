/** Reading ONNX files. */
import { WorkbenchError } from '@contract/errors'
import type { Model, ModelFunction, TrainingInfo } from '../ir/model'
import { decodeAnnotations, entriesToMap } from './annotations'
import { assertBoundedObjects } from './assert-bounded-objects'
import { decodeDeviceConfiguration } from './decode-device-configuration'
import { canonicalDomain, decodeAttributes, decodeGraph, decodeNode } from './decode-graph'
import { decodeValueInfo } from './decode-type'
import { bigintOf, safeNumberOf } from './int64'
import { messageType } from './onnx-schema'
import type { WireFunction, WireModel, WireOpset, WireTrainingInfo } from './wire-messages'

/** What ONNX Runtime 1.30 runs and the schema knows. */
const supportedIrVersions = { from: 3, to: 13 }
const supportedOpsets = { from: 7, to: 26 }

/**
 * The model in the bytes of an .onnx file.
 *
 * - Values stored raw are views of `bytes`, which must not change afterwards; the rest is copied.
 * - External tensors stay references: see `loadExternalData`.
 * - Everything in ONNX IR 13 is kept. The domain `ai.onnx` becomes `''`; fields outside the schema are left out.
 * - Only the file is checked, not the graph: see `assertInvariants`.
 * - Its objects take at most what `assertBoundedObjects` allows.
 *
 * @throws WorkbenchError `invalid-input` when the bytes are not a whole and consistent ONNX model,
 * `unsupported-model` when they are one that this version does not handle.
 */
export function decodeModel(bytes: Uint8Array): Model {
  const wire = readMessage(bytes)
  const irVersion = safeNumberOf(wire.irVersion, 'The IR version')
  if (irVersion === 0 || wire.graph === null) {
    throw new WorkbenchError(
      'invalid-input',
      'The file is not an ONNX model: it has no IR version or no graph; choose a whole .onnx file.'
    )
  }
  checkVersion('IR version', irVersion, supportedIrVersions)
  const opsetImports = decodeOpsets(wire.opsetImport, 'the model')
  const defaultOpset = opsetImports.get('')
  if (defaultOpset !== undefined) checkVersion('opset', defaultOpset, supportedOpsets)
  return {
    irVersion,
    opsetImports,
    producerName: wire.producerName,
    producerVersion: wire.producerVersion,
    domain: wire.domain,
    modelVersion: bigintOf(wire.modelVersion),
    graph: decodeGraph(wire.graph, 0),
    functions: wire.functions.map(decodeFunction),
    ...(wire.trainingInfo.length === 0 ? {} : { trainingInfo: wire.trainingInfo.map(decodeTrainingInfo) }),
    ...(wire.configuration.length === 0
      ? {}
      : { deviceConfigurations: wire.configuration.map(decodeDeviceConfiguration) }),
    ...decodeAnnotations(wire),
    metadataProps: entriesToMap(wire.metadataProps)
  }
}

function readMessage(bytes: Uint8Array): WireModel {
  // A plain view even of a Buffer: protobufjs would otherwise hand Buffers on as tensor bytes.
  const plainBytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  assertBoundedObjects(plainBytes)
  try {
    return messageType('ModelProto').decode(plainBytes) as unknown as WireModel
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    if (reason === 'max depth exceeded') {
      throw new WorkbenchError('unsupported-model', 'The model nests its subgraphs or types too deeply.', {
        cause: error
      })
    }
    throw new WorkbenchError(
      'invalid-input',
      `The file is not an ONNX model or is cut short: ${bytes.byteLength} bytes do not read as one (${reason}).`,
      { cause: error }
    )
  }
}

function checkVersion(what: string, version: number, supported: { from: number; to: number }): void {
  if (version < supported.from || version > supported.to) {
    throw new WorkbenchError(
      'unsupported-model',
      `The model has ${what} ${version}, expected ${supported.from} to ${supported.to}; convert it with ONNX's version converter.`
    )
  }
}

function decodeOpsets(wires: readonly WireOpset[], what: string): Map<string, number> {
  const opsets = new Map<string, number>()
  for (const wire of wires) {
    const domain = canonicalDomain(wire.domain)
    const version = safeNumberOf(wire.version, `The opset of domain '${domain}' of ${what}`)
    const other = opsets.get(domain)
    if (other !== undefined && other !== version) {
      throw new WorkbenchError(
        'invalid-input',
        `Domain '${domain}' of ${what} is imported twice, as opset ${other} and ${version}.`
      )
    }
    opsets.set(domain, version)
  }
  return opsets
}

function decodeFunction(wire: WireFunction): ModelFunction {
  const what = `function '${wire.name}'`
  return {
    name: wire.name,
    domain: canonicalDomain(wire.domain),
    ...(wire.overload === '' ? {} : { overload: wire.overload }),
    inputs: wire.input,
    outputs: wire.output,
    attributeNames: wire.attribute,
    attributeDefaults: decodeAttributes(wire.attributeProto, 0, what),
    nodes: wire.node.map((node) => decodeNode(node, 0, what)),
    opsetImports: decodeOpsets(wire.opsetImport, what),
    valueInfos: wire.valueInfo.map(decodeValueInfo),
    ...decodeAnnotations(wire)
  }
}

function decodeTrainingInfo(wire: WireTrainingInfo): TrainingInfo {
  return {
    initialization: wire.initialization === null ? undefined : decodeGraph(wire.initialization, 0),
    algorithm: wire.algorithm === null ? undefined : decodeGraph(wire.algorithm, 0),
    initializationBindings: entriesToMap(wire.initializationBinding),
    updateBindings: entriesToMap(wire.updateBinding)
  }
}
