import { WorkbenchError } from '@contract/errors'
import type { TrainableCount } from '@contract/training-record'
import { namePattern } from '../base/name-pattern'
import { elementCount, type Tensor } from '../onnx/ir/tensor'
import type { Model } from '../onnx/ir/model'

export interface ParameterSelection {
  readonly trainable: readonly string[]
  readonly frozen: readonly string[]
}

/**
 * The initializers of the main graph that a recipe trains, in the order of the model: float32, more than one number, and
 * meant by a pattern of `trainable` but by none of `frozen`. A pattern means an initializer by its own name or by that of
 * a node that uses it, since exporters rename weights but leave nodes their place in the network.
 *
 * @throws WorkbenchError `invalid-input` for a pattern that means nothing, or when nothing is left to train.
 */
export function trainableParameters(model: Model, { trainable, frozen }: ParameterSelection): string[] {
  const names = parameterNames(model)
  const meant = (pattern: string) => matching(names, pattern)
  const excluded = new Set(frozen.flatMap(meant))
  const included = new Set(trainable.flatMap(meant))
  const chosen = [...names.keys()].filter((name) => included.has(name) && !excluded.has(name))
  if (chosen.length > 0) return chosen
  throw new WorkbenchError('invalid-input', 'Everything that the recipe trains is also frozen; freeze less.')
}

/**
 * How much a recipe would train, and how much there is.
 *
 * @throws WorkbenchError as `trainableParameters`.
 */
export function countTrainable(model: Model, selection: ParameterSelection): TrainableCount {
  const { initializers } = model.graph
  const count = (names: readonly string[]) =>
    names.reduce((sum, name) => sum + elementCount(initializers.get(name)?.dims ?? [0]), 0)
  const chosen = trainableParameters(model, selection)
  return {
    tensors: chosen.length,
    parameters: count(chosen),
    allParameters: count([...parameterNames(model).keys()])
  }
}

/** The parameters of `chosen` that each group names, by parameter; the first group that names one has it. */
export function parameterGroupOf(
  model: Model,
  chosen: readonly string[],
  groups: readonly { readonly name: string; readonly parameters: readonly string[] }[]
): ReadonlyMap<string, string> {
  const names = parameterNames(model)
  const result = new Map<string, string>()
  for (const { name, parameters } of groups) {
    for (const parameter of parameters.flatMap((pattern) => matching(names, pattern))) {
      if (chosen.includes(parameter) && !result.has(parameter)) result.set(parameter, name)
    }
  }
  return result
}

/** Every parameter that could be trained, with the names by which a pattern may mean it. */
function parameterNames({ graph }: Model): ReadonlyMap<string, readonly string[]> {
  const users = new Map<string, string[]>()
  for (const node of graph.nodes) {
    for (const input of new Set(node.inputs)) {
      users.set(input, [...(users.get(input) ?? []), node.name])
    }
  }
  return new Map(
    [...graph.initializers.values()]
      .filter(isParameter)
      .map(({ name }) => [name, [name, ...(users.get(name) ?? [])]])
  )
}

/** Single numbers are factors and exponents of the architecture, not weights. */
function isParameter({ dataType, dims }: Tensor): boolean {
  return dataType === 'float32' && elementCount(dims) > 1
}

function matching(names: ReadonlyMap<string, readonly string[]>, pattern: string): string[] {
  const expression = namePattern(pattern)
  const found = [...names].flatMap(([parameter, all]) =>
    all.some((name) => expression.test(name)) ? [parameter] : []
  )
  if (found.length > 0) return found
  throw new WorkbenchError(
    'invalid-input',
    `No parameter of the model is meant by '${pattern}': it fits neither a float32 initializer nor a node that uses one; 'lathe inspect' lists layers by their nodes.`,
    { details: { pattern } }
  )
}
