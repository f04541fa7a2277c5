/** Einsum of one or two operands, each a set of letters: the cotangent is an Einsum with the letters exchanged. */
import { readString, stringAttribute } from '../../onnx/ir/attribute'
import { onlyCotangent, refusal, type Vjp, type VjpContext, type VjpFamily } from '../vjp'

interface Equation {
  readonly operands: readonly string[]
  readonly result: string
}

const einsum: Vjp = (context) => {
  const { node, graph, isNeeded } = context
  const equation = readEquation(context)
  const c = onlyCotangent(context)
  return node.inputs.map((_, index) => {
    if (!isNeeded(index)) return undefined
    const others = node.inputs.filter((_other, position) => position !== index)
    const letters = equation.operands.filter((_letters, position) => position !== index)
    const wanted = equation.operands[index]!
    const available = new Set([equation.result, ...letters].join(''))
    if ([...wanted].some((letter) => !available.has(letter))) {
      throw refusal(node, `'${wanted}' has a letter that is in no other operand and not in the result`)
    }
    return graph.node('Einsum', [c, ...others], {
      equation: stringAttribute(`${[equation.result, ...letters].join(',')}->${wanted}`)
    })
  })
}

function readEquation({ node }: VjpContext): Equation {
  const [left = '', result] = readString(node, 'equation', '').replaceAll(' ', '').split('->')
  const operands = left.split(',')
  const hasRepeats = [...operands, result ?? ''].some((letters) => new Set(letters).size !== letters.length)
  if (result === undefined || left.includes('.') || hasRepeats || operands.length > 2) {
    throw refusal(node, 'only explicit equations of one or two operands without repeats or dots are covered')
  }
  return { operands, result }
}

export const einsumRules: VjpFamily = { Einsum: einsum }
