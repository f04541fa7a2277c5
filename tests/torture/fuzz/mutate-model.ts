/** Damage at the level of the model: legal protobuf that describes a graph no exporter would write. */
import type { Prng } from '../../../src-main/base/prng'
import { pick } from './mutate-bytes'
import { extremeIntegers, type TreeMutation } from './mutate-wire'
import { attributeNames, hostileNames, operatorTypes } from './model-words'
import {
  allFields,
  cloneMessage,
  fieldNumber,
  isMessage,
  messagesOfType,
  type MessageType,
  type WireField,
  type WireMessage
} from './wire-tree'

const encoder = new TextEncoder()

function textOf(field: WireField | undefined): string {
  return field?.value instanceof Uint8Array ? new TextDecoder().decode(field.value) : ''
}

function fieldsOf(message: WireMessage, name: string): WireField[] {
  const number = fieldNumber(message.type, name)
  return message.fields.filter((field) => field.number === number)
}

function integerField(type: MessageType, name: string, value: bigint): WireField {
  return { number: fieldNumber(type, name), wireType: 0, value }
}

function textField(type: MessageType, name: string, value: string): WireField {
  return { number: fieldNumber(type, name), wireType: 2, value: encoder.encode(value) }
}

function messageField(type: MessageType, name: string, fields: readonly WireField[]): WireField {
  const inner = type.fields[name]?.resolvedType as MessageType
  return { number: fieldNumber(type, name), wireType: 2, value: { type: inner, fields: [...fields] } }
}

/** Every message of a type, and a random one of them. */
function anyMessage(root: WireMessage, prng: Prng, typeName: string): WireMessage | undefined {
  const found = messagesOfType(root, typeName)
  return found.length === 0 ? undefined : pick(prng, found)
}

/** Names of the values of a graph, in the order of its fields. */
function valueNames(graph: WireMessage): string[] {
  return graph.fields.flatMap((field) => {
    if (!isMessage(field.value)) return []
    const { type } = field.value
    if (type.name === 'NodeProto') return fieldsOf(field.value, 'output').map(textOf)
    const isValue = type.name === 'TensorProto' || type.name === 'ValueInfoProto'
    return isValue ? fieldsOf(field.value, 'name').map(textOf) : []
  })
}

/** A name for a value: one that is there, wherever it is, or one that nothing defines. */
function anyName(root: WireMessage, prng: Prng): string {
  if (prng.uniform() < 0.15) return pick(prng, hostileNames)
  const names = messagesOfType(root, 'GraphProto').flatMap(valueNames)
  return names.length === 0 ? 'x' : pick(prng, names)
}

/** Cycles, uses before definitions, wrong operands: an input of a node becomes any other value. */
const rewire: TreeMutation = (root, prng) => {
  const node = anyMessage(root, prng, 'NodeProto')
  const inputs = node === undefined ? [] : fieldsOf(node, 'input')
  if (inputs.length === 0) return undefined
  const name = anyName(root, prng)
  pick(prng, inputs).value = encoder.encode(name)
  return `an input of a ${textOf(fieldsOf(node!, 'opType')[0])} is '${name.slice(0, 40)}'`
}

/** Two definitions of one name, or none of a name that is used. */
const rename: TreeMutation = (root, prng) => {
  const named = allFields(root).filter(({ parent, field }) => {
    const name = parent.type.fieldsById[field.number]?.name ?? ''
    return ['name', 'output', 'domain', 'dimParam', 'key', 'refAttrName', 'tensorName'].includes(name)
  })
  if (named.length === 0) return undefined
  const { parent, field } = pick(prng, named)
  if (field.wireType !== 2) return undefined
  const name = anyName(root, prng)
  field.value = encoder.encode(name)
  return `a name of a ${parent.type.name} is '${name.slice(0, 40)}'`
}

const retypeOperator: TreeMutation = (root, prng) => {
  const node = anyMessage(root, prng, 'NodeProto')
  const operator = node === undefined ? undefined : fieldsOf(node, 'opType')[0]
  if (operator === undefined) return undefined
  const [before, after] = [textOf(operator), pick(prng, operatorTypes)]
  operator.value = encoder.encode(after)
  return `a ${before} is a ${after}`
}

/** Sizes, element types, offsets, versions: integers of any meaning. */
const integer: TreeMutation = (root, prng) => {
  const integers = allFields(root).filter(({ field }) => typeof field.value === 'bigint')
  if (integers.length === 0) return undefined
  const { parent, field } = pick(prng, integers)
  field.value = pick(prng, extremeIntegers)
  return `${parent.type.name}.${parent.type.fieldsById[field.number]?.name} is ${field.value}`
}

/** The shape of a tensor or of a value. */
const reshape: TreeMutation = (root, prng) => {
  const tensor = anyMessage(root, prng, prng.uniform() < 0.5 ? 'TensorProto' : 'TensorShapeProto')
  if (tensor === undefined) return undefined
  const { type } = tensor
  const sizes = Array.from({ length: prng.integer(6) }, () => pick(prng, extremeIntegers))
  tensor.fields = tensor.fields.filter(
    ({ number }) => type.fieldsById[number]?.name !== (type.name === 'TensorProto' ? 'dims' : 'dim')
  )
  for (const size of sizes) {
    if (type.name === 'TensorProto') tensor.fields.push(integerField(type, 'dims', size))
    else {
      const dimension = messageField(type, 'dim', [])
      const inner = dimension.value as WireMessage
      inner.fields.push(integerField(inner.type, 'dimValue', size))
      tensor.fields.push(dimension)
    }
  }
  return `a ${type.name} is [${sizes.join(', ')}]`
}

/** The numbers of a small integer constant, which shape arithmetic follows. */
const constants: TreeMutation = (root, prng) => {
  const tensors = messagesOfType(root, 'TensorProto').filter(
    (tensor) => fieldsOf(tensor, 'rawData').length > 0
  )
  if (tensors.length === 0) return undefined
  const tensor = pick(prng, tensors)
  const raw = fieldsOf(tensor, 'rawData')[0]!
  if (!(raw.value instanceof Uint8Array)) return undefined
  const bytes = raw.value.slice()
  const view = new DataView(bytes.buffer)
  const values: bigint[] = []
  for (let at = 0; at + 8 <= Math.min(bytes.byteLength, 64); at += 8) {
    if (prng.uniform() < 0.5) continue
    values.push(pick(prng, extremeIntegers))
    view.setBigInt64(at, values.at(-1)!, true)
  }
  raw.value = bytes
  return `'${textOf(fieldsOf(tensor, 'name')[0])}' holds ${values.join(', ')}`
}

/** Weights that are not numbers. */
const nonFinite: TreeMutation = (root, prng) => {
  const tensor = anyMessage(root, prng, 'TensorProto')
  const raw = tensor === undefined ? undefined : fieldsOf(tensor, 'rawData')[0]
  if (!(raw?.value instanceof Uint8Array)) return undefined
  const patterns = [
    Float32Array.of(NaN),
    Float32Array.of(Infinity),
    Float32Array.of(-3.4e38),
    Float32Array.of(1e-45)
  ]
  const pattern = new Uint8Array(pick(prng, patterns).buffer)
  raw.value = raw.value.map((_, at) => pattern[at % 4]!)
  return `'${textOf(fieldsOf(tensor!, 'name')[0])}' is not finite`
}

/** An attribute of any name, type and value on any node, in place of one that is there or beside them. */
const attribute: TreeMutation = (root, prng) => {
  const node = anyMessage(root, prng, 'NodeProto')
  if (node === undefined) return undefined
  const made = makeAttribute(node.type, prng)
  node.fields.push(made.field)
  const isInstead = prng.uniform() < 0.7
  if (isInstead) {
    node.fields = node.fields.filter(
      (field) =>
        field === made.field ||
        !isMessage(field.value) ||
        textOf(fieldsOf(field.value, 'name')[0]) !== made.name
    )
  }
  return `a ${textOf(fieldsOf(node, 'opType')[0])} has ${made.what}`
}

function makeAttribute(
  nodeType: MessageType,
  prng: Prng
): { readonly field: WireField; readonly name: string; readonly what: string } {
  const field = messageField(nodeType, 'attribute', [])
  const { type, fields } = field.value as WireMessage
  const name = pick(prng, attributeNames)
  fields.push(textField(type, 'name', name))
  const integers = Array.from({ length: prng.integer(7) }, () =>
    prng.uniform() < 0.5 ? BigInt(prng.integer(5) - 2) : pick(prng, extremeIntegers)
  )
  const kind = pick(prng, [1, 2, 2, 3, 7, 7, 7, 0, 5, 13, 99])
  fields.push(integerField(type, 'type', BigInt(kind)))
  if (kind === 2) fields.push(integerField(type, 'i', integers[0] ?? 0n))
  if (kind === 3)
    fields.push(textField(type, 's', pick(prng, ['', 'SAME_UPPER', 'ij,jk->ik', '...', 'i'.repeat(300)])))
  if (kind === 7) for (const value of integers) fields.push(integerField(type, 'ints', value))
  return { field, name, what: `${name} of type ${kind} = ${integers.join(', ')}` }
}

/** A node of any operator on any values, before or after the others. */
const insertNode: TreeMutation = (root, prng) => {
  const graph = anyMessage(root, prng, 'GraphProto')
  if (graph === undefined) return undefined
  const field = messageField(graph.type, 'node', [])
  const { type, fields } = field.value as WireMessage
  const operator = pick(prng, operatorTypes)
  fields.push(textField(type, 'opType', operator))
  const inputs = Array.from({ length: prng.integer(5) }, () => anyName(root, prng))
  for (const input of inputs) fields.push(textField(type, 'input', input))
  const outputs = 1 + prng.integer(2)
  for (let output = 0; output < outputs; output++) {
    fields.push(textField(type, 'output', `inserted ${prng.integer(1e9)}`))
  }
  for (let count = prng.integer(3); count > 0; count--) fields.push(makeAttribute(type, prng).field)
  // At the end everything is defined, so that most of these are legal and reach the rules of their operator.
  if (prng.uniform() < 0.8) graph.fields.push(field)
  else graph.fields.splice(prng.integer(graph.fields.length + 1), 0, field)
  return `a ${operator} of [${inputs.map((name) => name.slice(0, 20)).join(', ')}] added`
}

/** A long run of nodes, each on the one before: what follows values from node to node must not go deep. */
const chain: TreeMutation = (root, prng) => {
  const graph = anyMessage(root, prng, 'GraphProto')
  if (graph === undefined) return undefined
  const operator = pick(prng, ['Identity', 'Transpose', 'Cast', 'Reshape', 'Add', 'Softmax', 'Clip'])
  const draw = prng.uniform()
  const length = draw < 0.8 ? 30 : draw < 0.99 ? 1000 : 20_000
  const start = anyName(root, prng)
  const id = prng.integer(1e9)
  let value = start
  const links = Array.from({ length }, (_, index) => {
    const link = messageField(graph.type, 'node', [])
    const { type, fields } = link.value as WireMessage
    const output = `link ${id} ${index}`
    fields.push(textField(type, 'input', value))
    if (operator === 'Add') fields.push(textField(type, 'input', start))
    fields.push(textField(type, 'output', output), textField(type, 'opType', operator))
    value = output
    return link
  })
  const isFirst = prng.uniform() < 0.5
  graph.fields = isFirst ? [...links, ...graph.fields] : [...graph.fields, ...links]
  const users = allFields(graph).filter(
    ({ parent, field }) =>
      parent.type.name === 'NodeProto' &&
      parent.type.fieldsById[field.number]?.name === 'input' &&
      textOf(field) === start
  )
  // What used the start of the chain now uses its end.
  if (users.length > 0 && !users[0]!.parent.fields.some((field) => textOf(field).startsWith('link '))) {
    pick(prng, users).field.value = encoder.encode(value)
  }
  return `${length} ${operator} in a row from '${start.slice(0, 20)}'`
}

/** The main graph inside control flow inside control flow. */
const wrap: TreeMutation = (root, prng) => {
  const operator = pick(prng, ['If', 'Loop', 'Scan'])
  const depth = pick(prng, [1, 2, 5, 12, 40, 64, 66])
  const graphField = fieldsOf(root, 'graph')[0]
  if (graphField === undefined || !isMessage(graphField.value)) return undefined
  for (let level = 0; level < depth; level++) {
    const body: WireMessage = graphField.value
    const around: WireMessage = { type: body.type, fields: [textField(body.type, 'name', `level ${level}`)] }
    // At the innermost level what the graph asks for is still asked of the user.
    if (level === 0) {
      around.fields.push(
        ...fieldsOf(body, 'input').map((field) => ({
          ...field,
          // Another mutation may have put something else there.
          value: isMessage(field.value) ? cloneMessage(field.value) : field.value
        }))
      )
      body.fields = body.fields.filter(({ number }) => number !== fieldNumber(body.type, 'input'))
    } else {
      const inputs = fieldsOf(body, 'input')
      around.fields.push(...inputs)
      body.fields = body.fields.filter((field) => !inputs.includes(field))
    }
    const node = messageField(body.type, 'node', [])
    const { type, fields } = node.value as WireMessage
    fields.push(textField(type, 'opType', operator), textField(type, 'output', `around ${level}`))
    fields.push(textField(type, 'input', valueNames(around)[0] ?? ''), textField(type, 'input', ''))
    for (const name of operator === 'If' ? ['then_branch', 'else_branch'] : ['body']) {
      const held = messageField(type, 'attribute', [])
      const inner = held.value as WireMessage
      inner.fields.push(
        textField(inner.type, 'name', name),
        integerField(inner.type, 'type', 5n),
        // Both branches are one and the same message, or every level would double the file.
        {
          number: fieldNumber(inner.type, 'g'),
          wireType: 2,
          value: name === 'else_branch' ? { type: body.type, fields: [] } : body
        }
      )
      fields.push(held)
    }
    around.fields.push(node)
    const output = messageField(body.type, 'output', [])
    const { type: valueType, fields: outputFields } = output.value as WireMessage
    outputFields.push(textField(valueType, 'name', `around ${level}`))
    around.fields.push(output)
    graphField.value = around
  }
  return `the graph inside ${depth} ${operator}`
}

/** Functions that call themselves or each other, or that stand where an operator of ONNX does. */
const recursion: TreeMutation = (root, prng) => {
  const graph = anyMessage(root, prng, 'GraphProto')
  const functionField = messageField(root.type, 'functions', [])
  const made = functionField.value as WireMessage
  const name = pick(prng, ['Shift', 'MatMul', 'Loop', 'Self', '__proto__'])
  const domain = pick(prng, ['', 'test.custom', 'com.microsoft'])
  made.fields.push(textField(made.type, 'name', name), textField(made.type, 'domain', domain))
  made.fields.push(textField(made.type, 'input', 'x'), textField(made.type, 'output', 'y'))
  const opset = messageField(made.type, 'opsetImport', [])
  const opsetMessage = opset.value as WireMessage
  opsetMessage.fields.push(
    textField(opsetMessage.type, 'domain', domain),
    integerField(opsetMessage.type, 'version', 1n)
  )
  const call = (type: MessageType): WireField => {
    const node = messageField(type, 'node', [])
    const inner = node.value as WireMessage
    inner.fields.push(textField(inner.type, 'opType', name), textField(inner.type, 'domain', domain))
    inner.fields.push(textField(inner.type, 'input', 'x'), textField(inner.type, 'output', 'y'))
    return node
  }
  made.fields.push(opset, call(made.type))
  root.fields.push(functionField)
  if (graph !== undefined && prng.uniform() < 0.5) graph.fields.push(call(graph.type))
  return `a function ${domain}::${name} that calls itself`
}

/** Where a tensor says that its values are. */
const externalData: TreeMutation = (root, prng) => {
  const tensor = anyMessage(root, prng, 'TensorProto')
  if (tensor === undefined) return undefined
  const { type } = tensor
  const isData = (field: WireField) =>
    ['rawData', 'floatData', 'externalData', 'dataLocation'].includes(
      type.fieldsById[field.number]?.name ?? ''
    )
  tensor.fields = tensor.fields.filter((field) => !isData(field))
  const entries: [string, string][] = [
    ['location', pick(prng, ['model.onnx.data', '../model.onnx', '/etc/passwd', '/dev/zero', 'C:\\x', 'a\0b', '', '.', 'a'.repeat(5000), './model.onnx.data'])],
    ['offset', pick(prng, ['0', '-1', '1e9', '4096', '9007199254740991', '18446744073709551616', ' 1', '0x10', 'NaN', ''])],
    ['length', pick(prng, ['0', '-8', '128', '4096', '9007199254740991', '99999999999999999999', '1e3', ''])]
  ] // prettier-ignore
  for (const [key, value] of entries) {
    if (prng.uniform() < 0.3) continue
    const entry = messageField(type, 'externalData', [])
    const inner = entry.value as WireMessage
    inner.fields.push(textField(inner.type, 'key', key), textField(inner.type, 'value', value))
    tensor.fields.push(entry)
  }
  tensor.fields.push(integerField(type, 'dataLocation', pick(prng, [1n, 1n, 1n, 2n, -1n])))
  return `a tensor is external: ${entries.map(([key, value]) => `${key} ${value.slice(0, 30)}`).join(', ')}`
}

/** A graph without something that graphs have. */
const empty: TreeMutation = (root, prng) => {
  const graph = anyMessage(root, prng, 'GraphProto')
  if (graph === undefined) return undefined
  const name = pick(prng, ['node', 'initializer', 'input', 'output', 'name'])
  const number = fieldNumber(graph.type, name)
  graph.fields = graph.fields.filter((field) => field.number !== number)
  return `a graph without any ${name}`
}

export const modelMutations: readonly TreeMutation[] = [
  rewire, rewire, rename, retypeOperator, integer, integer, reshape, constants, constants, nonFinite, attribute, attribute,
  insertNode, insertNode, insertNode, chain, wrap, recursion, externalData, empty
] // prettier-ignore
