/** Whose operators a node is of: ONNX's own, or those that ONNX Runtime contributes. */
import type { Model, Node } from './model'

/** The operators of ONNX Runtime beside ONNX's, in every build of it. */
export const contributedDomain = 'com.microsoft'

/** Whether a node is an operator of ONNX itself, whose domain has two spellings. */
export function isStandardOperator({ domain }: Pick<Node, 'domain'>): boolean {
  return domain === '' || domain === 'ai.onnx'
}

/** The version of ONNX's own operators that a model imports; undefined when it imports none. */
export function standardOpset({ opsetImports }: Pick<Model, 'opsetImports'>): number | undefined {
  return opsetImports.get('') ?? opsetImports.get('ai.onnx')
}

/** `model` with the contributed operators among its imports; a version that it asks for already stays. */
export function importContributed(model: Model): Model {
  if (model.opsetImports.has(contributedDomain)) return model
  return { ...model, opsetImports: new Map([...model.opsetImports, [contributedDomain, 1] as const]) }
}
