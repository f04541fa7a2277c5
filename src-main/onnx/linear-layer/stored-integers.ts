import type { GraphIndex } from '../graph-index'
import { knownElements, valueOfTensor } from '../shapes/inferred-value'

/** The elements of a small integer constant, an initializer or a Constant node; undefined when it is computed. */
export function storedIntegers(index: GraphIndex, value: string): readonly number[] | undefined {
  const elements = storedElements(index, value)
  return elements?.every(Number.isInteger) === true ? elements : undefined
}

function storedElements(index: GraphIndex, value: string): readonly number[] | undefined {
  const initializer = index.graph.initializers.get(value)
  if (initializer !== undefined) return knownElements(valueOfTensor(initializer))
  const producer = index.producer(value)
  if (producer?.opType !== 'Constant') return undefined
  const [attribute] = producer.attributes.values()
  switch (attribute?.kind) {
    case 'tensor':
      return knownElements(valueOfTensor(attribute.value))
    case 'int':
      return [Number(attribute.value)]
    case 'ints':
      return attribute.value.map(Number)
    default:
      return undefined
  }
}
