/** Making and reading node attributes. */
import { WorkbenchError } from '@contract/errors'
import type { Attribute, Graph, Node } from './model'
import type { Tensor } from './tensor'

const textEncoder = new TextEncoder()
const textDecoder = new TextDecoder()

export function intAttribute(value: number): Attribute {
  return { kind: 'int', value: BigInt(value) }
}

export function intsAttribute(values: readonly number[]): Attribute {
  return { kind: 'ints', value: values.map(BigInt) }
}

export function floatAttribute(value: number): Attribute {
  return { kind: 'float', value }
}

export function stringAttribute(value: string): Attribute {
  return { kind: 'string', value: textEncoder.encode(value) }
}

export function tensorAttribute(value: Tensor): Attribute {
  return { kind: 'tensor', value }
}

function attributeOfKind<K extends Attribute['kind']>(
  node: Node,
  name: string,
  kind: K
): Extract<Attribute, { kind: K }> | undefined {
  const attribute = node.attributes.get(name)
  if (attribute === undefined) return undefined
  if (attribute.kind !== kind) {
    throw new WorkbenchError(
      'invalid-input',
      `Attribute '${name}' of node '${describeNode(node)}' is of kind ${attribute.kind}, expected ${kind}.`
    )
  }
  return attribute as Extract<Attribute, { kind: K }>
}

/** The integer attribute `name`, or `fallback` when the node does not have it. */
export function readInt(node: Node, name: string, fallback: number): number {
  const attribute = attributeOfKind(node, name, 'int')
  return attribute === undefined ? fallback : Number(attribute.value)
}

export function readFloat(node: Node, name: string, fallback: number): number {
  return attributeOfKind(node, name, 'float')?.value ?? fallback
}

export function readInts(node: Node, name: string): number[] | undefined {
  return attributeOfKind(node, name, 'ints')?.value.map(Number)
}

export function readString(node: Node, name: string, fallback: string): string {
  const attribute = attributeOfKind(node, name, 'string')
  return attribute === undefined ? fallback : textDecoder.decode(attribute.value)
}

/** The graphs inside a node: the branches of If, the bodies of Loop and Scan. */
export function subgraphs(node: Node): Graph[] {
  return [...node.attributes.values()].flatMap((attribute) => {
    if (attribute.kind === 'graph') return [attribute.value]
    if (attribute.kind === 'graphs') return [...attribute.value]
    return []
  })
}

/** A node as messages name it: by its name, or by its operator and first output when it has none. */
export function describeNode(node: Node): string {
  return node.name === ''
    ? `${node.opType} -> ${node.outputs.find((output) => output !== '') ?? '?'}`
    : node.name
}
