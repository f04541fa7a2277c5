/** Which parameters an optimizer updates together: many short vectors as one cost one chain of nodes, not one each. */
import { intAttribute } from '../../onnx/ir/attribute'
import type { GraphWriter } from '../graph-writer'

/** Parameters that one chain of nodes updates. */
export interface ParameterBlock {
  /** The parameter's own name when it is alone. */
  readonly name: string
  /** Those with elements in the block, in their order. */
  readonly parameters: readonly string[]
  /** Elements of each parameter; undefined when the block is one parameter as it is. */
  readonly sizes: readonly number[] | undefined
}

/** Up to this many elements starting an operator costs more than its arithmetic. */
const longestJoined = 4096

/** Joins the short ones among parameters that `keyOf` finds alike; every other is a block of its own. */
export function parameterBlocks(
  graph: GraphWriter,
  parameters: Iterable<string>,
  keyOf: (parameter: string) => string
): ParameterBlock[] {
  const blocks: ParameterBlock[] = []
  const short = new Map<string, { readonly parameter: string; readonly size: number }[]>()
  for (const parameter of parameters) {
    const size = elements(graph, parameter)
    if (size > longestJoined) {
      blocks.push({ name: parameter, parameters: [parameter], sizes: undefined })
      continue
    }
    const key = keyOf(parameter)
    short.set(key, [...(short.get(key) ?? []), { parameter, size }])
  }
  for (const [key, members] of short) {
    const names = members.map(({ parameter }) => parameter)
    blocks.push(
      members.length === 1
        ? { name: names[0]!, parameters: names, sizes: undefined }
        : { name: `joined.${key}`, parameters: names, sizes: members.map(({ size }) => size) }
    )
  }
  return blocks
}

/** Infinite where the shape is not known before the model runs. */
function elements(graph: GraphWriter, parameter: string): number {
  const dims = graph.dims(parameter)
  return dims === undefined ? Infinity : dims.reduce<number>((product, dim) => product * (dim ?? Infinity), 1)
}

/** One value per parameter as one value of the block: [elements of all] when it joins several. */
export function join(graph: GraphWriter, block: ParameterBlock, values: readonly string[]): string {
  if (block.sizes === undefined) return values[0]!
  const vectors = values.map((value, index) =>
    graph.dims(block.parameters[index]!)?.length === 1 ? value : graph.reshape(value, graph.ints([-1]))
  )
  return graph.node('Concat', vectors, { axis: intAttribute(0) })
}

/** The way back: the value of each parameter, in its shape. */
export function separate(graph: GraphWriter, block: ParameterBlock, value: string): readonly string[] {
  const { sizes, parameters } = block
  if (sizes === undefined) return [value]
  const vectors = graph.nodes('Split', [value, graph.ints(sizes)], sizes.length, { axis: intAttribute(0) })
  return vectors.map((vector, index) => {
    const parameter = parameters[index]!
    return graph.dims(parameter)?.length === 1 ? vector : graph.reshape(vector, graph.shapeOf(parameter))
  })
}
