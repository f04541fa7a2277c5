/** Replacing tensors wherever a model holds them: initializers, attributes, subgraphs, functions, training graphs. */
import type { Attribute, Graph, Model, ModelFunction, Node, SparseTensor, TrainingInfo } from './model'
import type { Tensor } from './tensor'

/** Where a tensor is. A sparse tensor's parts count as `part`, whether in an initializer or in an attribute. */
export type TensorPlace = 'initializer' | 'attribute' | 'part'

export type TensorReplacer = (tensor: Tensor, place: TensorPlace) => Tensor

/**
 * The model with every tensor replaced by what `replace` returns for it, in the order of the file.
 *
 * What holds no replaced tensor is shared with `model`; the same model is returned when nothing was replaced.
 * A replacement keeps the tensor's name.
 */
export function mapTensors(model: Model, replace: TensorReplacer): Model {
  return withMembers(model, {
    graph: mapGraph(model.graph, replace),
    functions: mapList(model.functions, (definition) => mapFunction(definition, replace)),
    ...(model.trainingInfo === undefined
      ? {}
      : { trainingInfo: mapList(model.trainingInfo, (info) => mapTrainingInfo(info, replace)) })
  })
}

/** Calls `visit` for every tensor of the model, in the order of the file. */
export function visitTensors(model: Model, visit: (tensor: Tensor, place: TensorPlace) => void): void {
  mapTensors(model, (tensor, place) => {
    visit(tensor, place)
    return tensor
  })
}

function mapGraph(graph: Graph, replace: TensorReplacer): Graph {
  return withMembers(graph, {
    initializers: mapValues(graph.initializers, (tensor) => replace(tensor, 'initializer')),
    sparseInitializers: mapList(graph.sparseInitializers, (tensor) => mapSparse(tensor, replace)),
    nodes: mapList(graph.nodes, (node) => mapNode(node, replace))
  })
}

function mapFunction(definition: ModelFunction, replace: TensorReplacer): ModelFunction {
  return withMembers(definition, {
    attributeDefaults: mapValues(definition.attributeDefaults, (value) => mapAttribute(value, replace)),
    nodes: mapList(definition.nodes, (node) => mapNode(node, replace))
  })
}

function mapTrainingInfo(info: TrainingInfo, replace: TensorReplacer): TrainingInfo {
  const map = (graph: Graph | undefined) => (graph === undefined ? undefined : mapGraph(graph, replace))
  return withMembers(info, { initialization: map(info.initialization), algorithm: map(info.algorithm) })
}

function mapNode(node: Node, replace: TensorReplacer): Node {
  return withMembers(node, {
    attributes: mapValues(node.attributes, (attribute) => mapAttribute(attribute, replace))
  })
}

function mapAttribute(attribute: Attribute, replace: TensorReplacer): Attribute {
  switch (attribute.kind) {
    case 'tensor':
      return withMembers(attribute, { value: replace(attribute.value, 'attribute') })
    case 'tensors':
      return withMembers(attribute, {
        value: mapList(attribute.value, (tensor) => replace(tensor, 'attribute'))
      })
    case 'sparse-tensor':
      return withMembers(attribute, { value: mapSparse(attribute.value, replace) })
    case 'sparse-tensors':
      return withMembers(attribute, {
        value: mapList(attribute.value, (tensor) => mapSparse(tensor, replace))
      })
    case 'graph':
      return withMembers(attribute, { value: mapGraph(attribute.value, replace) })
    case 'graphs':
      return withMembers(attribute, { value: mapList(attribute.value, (graph) => mapGraph(graph, replace)) })
    default:
      return attribute
  }
}

function mapSparse(tensor: SparseTensor, replace: TensorReplacer): SparseTensor {
  return withMembers(tensor, {
    values: replace(tensor.values, 'part'),
    indices: replace(tensor.indices, 'part')
  })
}

/** `whole` with those members, or `whole` itself when they are the ones it has. */
function withMembers<T extends object, C extends Partial<T>>(whole: T, members: C): T {
  const differs = (Object.keys(members) as (keyof T & keyof C)[]).some(
    (key) => members[key] !== (whole[key] as unknown)
  )
  return differs ? { ...whole, ...members } : whole
}

function mapList<T>(list: readonly T[], map: (item: T) => T): readonly T[] {
  const mapped = list.map(map)
  return mapped.some((item, index) => item !== list[index]) ? mapped : list
}

function mapValues<T>(values: ReadonlyMap<string, T>, map: (value: T) => T): ReadonlyMap<string, T> {
  let differs = false
  const mapped = new Map<string, T>()
  for (const [key, value] of values) {
    const replacement = map(value)
    differs ||= replacement !== value
    mapped.set(key, replacement)
  }
  return differs ? mapped : values
}
