/**
 * Where in a network the first value arises that is not finite. The outputs of a model tell only that there is one; this
 * runs the same input again with every value inside exposed. Slow, and done only when a trial has failed already.
 */
import { WorkbenchError } from '@contract/errors'
import type { Model, Node } from '../../onnx/ir/model'
import { float32Values } from '../../onnx/ir/tensor'
import { exposeValues } from '../../onnx/passes/expose-values'
import type { InferenceSession, RuntimeTensor } from '../../runtime/inference-backend'
import { withSession, type DerivedModelOptions } from './derived-model'

type Feeds = Readonly<Record<string, RuntimeTensor>>

/** Values fetched in one run: few runs, without holding all values of a large network at once. */
const valuesAtOnce = 32

/** Operators that have no use for an infinite result, where others may pass on a mask of −∞. */
const neverInfinite: ReadonlySet<string> = new Set([
  ...['MatMul', 'Gemm', 'Conv', 'MatMulInteger', 'MatMulNBits', 'DynamicQuantizeMatMul'],
  ...['LayerNormalization', 'Softmax', 'Gelu', 'Tanh', 'Sigmoid']
])

/**
 * The first node, in the order of the graph, whose result for `feeds` is not finite, as the end of a sentence: `the first
 * value that is not finite comes from '/blocks.0/fc1/MatMul' (MatMul), whose weight 'fc1.weight' holds NaN`. Undefined when
 * every value that can be looked at is finite.
 *
 * - `place`  what runs the model and where one goes that is large, as `DerivedModelOptions` has it.
 *
 * @throws WorkbenchError `native` when the model does not run with its values exposed.
 */
export async function locateNonFinite(
  place: Pick<DerivedModelOptions, 'backend' | 'temporaryFolder'>,
  model: Model,
  feeds: Feeds
): Promise<string | undefined> {
  const { nodes } = model.graph
  const exposed = exposeValues(model, nodes.flatMap(namedOutputs)).model
  // As the graph is written: optimised away, a value could not be looked at.
  return withSession({ ...place, threads: 1, graphOptimization: false }, exposed, async (session) => {
    for (let start = 0; start < nodes.length; start += valuesAtOnce) {
      const some = nodes.slice(start, start + valuesAtOnce)
      const values = await fetchValues(session, feeds, some.flatMap(namedOutputs))
      const culprit = some.find((node) => node.outputs.some((name) => isWrong(node, values[name])))
      if (culprit !== undefined) return describe(model, culprit)
    }
    return undefined
  })
}

function namedOutputs({ outputs }: Node): string[] {
  return outputs.filter((name) => name !== '')
}

/** The values that can be carried over; one of another type, such as float16, is left out. */
async function fetchValues(
  session: InferenceSession,
  feeds: Feeds,
  names: readonly string[]
): Promise<Readonly<Record<string, RuntimeTensor>>> {
  try {
    return await session.run(feeds, names)
  } catch (error) {
    if (!(error instanceof WorkbenchError && error.code === 'unsupported-model')) throw error
    if (names.length <= 1) return {}
    const half = Math.ceil(names.length / 2)
    return {
      ...(await fetchValues(session, feeds, names.slice(0, half))),
      ...(await fetchValues(session, feeds, names.slice(half)))
    }
  }
}

function isWrong({ opType }: Node, value: RuntimeTensor | undefined): boolean {
  if (value?.dataType !== 'float32' && value?.dataType !== 'float64') return false
  const { data } = value
  return neverInfinite.has(opType)
    ? !data.every(Number.isFinite)
    : data.some((each) => Number.isNaN(each) || each === Infinity)
}

function describe(model: Model, node: Node): string {
  const name = node.name === '' ? (namedOutputs(node)[0] ?? '') : node.name
  const weight = brokenWeight(model, node)
  const origin = weight === undefined ? '' : `, whose weight '${weight.name}' holds ${weight.value}`
  return `the first value that is not finite comes from '${name}' (${node.opType})${origin}`
}

function brokenWeight(model: Model, { inputs }: Node): { name: string; value: number } | undefined {
  for (const name of inputs) {
    const tensor = model.graph.initializers.get(name)
    if (tensor?.dataType !== 'float32') continue
    const value = float32Values(tensor).find((each) => !Number.isFinite(each))
    if (value !== undefined) return { name, value }
  }
  return undefined
}
