/** If, Loop and Scan: infer the subgraphs and keep what holds on every way through them. */
import { readInt, readInts } from '../ir/attribute'
import { inferredValue, knownElements, unknownValue, type Dim, type InferredValue } from './inferred-value'
import { contradiction, type RuleContext, type RuleFamily, type ShapeRule } from './shape-rule'

/** What holds for both values: equal sizes stay, different ones become unknown. */
export function unify(a: InferredValue, b: InferredValue): InferredValue {
  const dataType = a.dataType === b.dataType ? a.dataType : 'undefined'
  if (a.dims === undefined || b.dims === undefined || a.dims.length !== b.dims.length) {
    return inferredValue(dataType, undefined)
  }
  const dims = a.dims.map((dim, axis) => (dim === b.dims![axis] ? dim : undefined))
  const elements =
    a.elements !== undefined && a.elements.length === b.elements?.length
      ? a.elements.map((element, index) => (element === b.elements![index] ? element : undefined))
      : undefined
  return inferredValue(dataType, dims, elements)
}

/**
 * Both branches are inferred. When the condition is a known constant the outputs are those of the branch taken, and
 * a contradiction in the other is no error: exporters guard a Squeeze by an If on the very size it needs.
 */
const conditional: ShapeRule = ({ input, subgraph }) => {
  const condition = knownElements(input(0))?.[0]
  const thenOutputs = subgraph('then_branch', [], condition === 0 ? 'lenient' : 'strict')
  const elseOutputs = subgraph(
    'else_branch',
    [],
    condition !== undefined && condition !== 0 ? 'lenient' : 'strict'
  )
  if (condition !== undefined) return condition !== 0 ? thenOutputs : elseOutputs
  return thenOutputs.map((output, index) => unify(output, elseOutputs[index] ?? unknownValue))
}

/**
 * Runs a body until its carried values have shapes that hold in every iteration.
 *
 * Each round can only turn sizes into unknowns, so three rounds settle sizes, ranks and what depends on them.
 */
function settle(
  context: RuleContext,
  initial: readonly InferredValue[],
  bodyInputs: (carried: readonly InferredValue[]) => readonly InferredValue[],
  carriedOutputs: (outputs: readonly InferredValue[]) => readonly InferredValue[]
): { readonly carried: readonly InferredValue[]; readonly outputs: readonly InferredValue[] } {
  // Elements change from one iteration to the next.
  let carried = initial.map(withoutElements)
  let outputs: readonly InferredValue[] = []
  for (let round = 0; round < 3; round++) {
    outputs = context.subgraph('body', bodyInputs(carried), 'strict')
    const after = carriedOutputs(outputs)
    carried = carried.map((value, index) => withoutElements(unify(value, after[index] ?? unknownValue)))
  }
  return { carried, outputs }
}

function withoutElements(value: InferredValue): InferredValue {
  return inferredValue(value.dataType, value.dims)
}

function stacked(value: InferredValue, count: Dim): InferredValue {
  return inferredValue(value.dataType, value.dims && [count, ...value.dims])
}

/** Loop(trip count, condition, ...carried): body(iteration, condition, ...carried) -> condition, ...carried, ...scans. */
const loop: ShapeRule = (context) => {
  const { node } = context
  const initial = node.inputs.slice(2).map((_, index) => context.input(index + 2))
  const { carried, outputs } = settle(
    context,
    initial,
    (values) => [inferredValue('int64', []), inferredValue('bool', []), ...values],
    (bodyOutputs) => bodyOutputs.slice(1)
  )
  // The condition may end the loop early, so the trip count bounds the scans only without one.
  const trips = context.hasInput(1) ? undefined : knownElements(context.input(0))?.[0]
  return [
    ...carried,
    ...outputs.slice(1 + initial.length).map((value) => stacked(withoutElements(value), trips))
  ]
}

/** Scan over the first axis (opset 9 and newer); other axes leave the outputs unknown. */
const scan: ShapeRule = (context) => {
  const { node } = context
  const scanned = readInt(node, 'num_scan_inputs', 0)
  const carriedCount = node.inputs.length - scanned
  if (carriedCount < 0) throw contradiction(node, `it has fewer inputs than its ${scanned} scan inputs`)
  const customAxes = ['scan_input_axes', 'scan_output_axes'].some((name) =>
    readInts(node, name)?.some((axis) => axis !== 0)
  )
  if (customAxes) return []
  const values = node.inputs.map((_, index) => context.input(index))
  const slices = values
    .slice(carriedCount)
    .map((value) => inferredValue(value.dataType, value.dims?.slice(1)))
  const { carried, outputs } = settle(
    context,
    values.slice(0, carriedCount),
    (state) => [...state, ...slices],
    (bodyOutputs) => bodyOutputs.slice(0, carriedCount)
  )
  const length = values[carriedCount]?.dims?.[0]
  return [...carried, ...outputs.slice(carriedCount).map((value) => stacked(withoutElements(value), length))]
}

export const controlFlowRules: RuleFamily = { If: conditional, Loop: loop, Scan: scan }
