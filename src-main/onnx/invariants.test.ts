import { describe, expect, it } from 'vitest'
import { everyFeatureModel } from '../../tests/helpers/every-feature-model'
import { GraphBuilder } from './build/graph-builder'
import { assertInvariants } from './invariants'
import type { Attribute, Graph, Model, ModelFunction, Node } from './ir/model'
import { float32Tensor, int64Tensor, type Tensor } from './ir/tensor'

function node(
  opType: string,
  inputs: readonly string[],
  outputs: readonly string[],
  more: Partial<Node> = {}
): Node {
  return { name: '', opType, domain: '', inputs, outputs, attributes: new Map(), ...more }
}

/** x -> Relu -> h -> Add(w) -> y, changed by `change`. */
function modelWith(change: Partial<Graph>): Model {
  const builder = new GraphBuilder('main')
  const x = builder.input('x', 'float32', [2])
  const w = builder.initializer(float32Tensor('w', [2], Float32Array.of(1, 2)))
  const h = builder.node('Relu', [x], { outputs: ['h'] })
  builder.output(builder.node('Add', [h, w], { outputs: ['y'] }), 'float32', [2])
  const model = builder.build()
  return { ...model, graph: { ...model.graph, ...change } }
}

const base = modelWith({}).graph
const withNodes = (...nodes: Node[]) => modelWith({ nodes: [...nodes, ...base.nodes] })
const withTensor = (tensor: Tensor, key = tensor.name) =>
  modelWith({ initializers: new Map([...base.initializers, [key, tensor]]) })

function subgraph(change: Partial<Graph>): Attribute {
  return {
    kind: 'graph',
    value: {
      name: 'branch',
      nodes: [],
      initializers: new Map(),
      sparseInitializers: [],
      inputs: [],
      outputs: [],
      valueInfos: [],
      quantizationAnnotations: [],
      ...change
    }
  }
}

/** An If after the other nodes, with the same graph in both branches. */
function withIf(change: Partial<Graph>, outputs: readonly string[] = ['chosen']): Model {
  const graph = subgraph({ outputs: [{ name: 'inner', type: undefined }], ...change })
  const attributes = new Map([
    ['then_branch', graph],
    ['else_branch', graph]
  ])
  return modelWith({ nodes: [...base.nodes, node('If', ['h'], outputs, { attributes })] })
}

function withFunction(change: Partial<ModelFunction>): Model {
  const definition: ModelFunction = {
    name: 'F',
    domain: 'f',
    inputs: ['a'],
    outputs: ['b'],
    attributeNames: ['alpha'],
    attributeDefaults: new Map(),
    nodes: [node('Relu', ['a'], ['b'])],
    opsetImports: new Map([['', 21]]),
    valueInfos: [],
    ...change
  }
  return { ...modelWith({}), functions: [definition] }
}

const referenceTo = (attributeName: string) =>
  new Map<string, Attribute>([['alpha', { kind: 'reference', attributeName, type: 1 }]])

describe('assertInvariants accepts', () => {
  it('a model that uses every feature', () => {
    expect(() => assertInvariants(everyFeatureModel())).not.toThrow()
  })

  it.each<[string, Model]>([
    ['a plain graph', modelWith({})],
    ['an input with a default value', withTensor(float32Tensor('x', [2], Float32Array.of(0, 0)))],
    ['an If that reads outer values', withIf({ nodes: [node('Add', ['h', 'w'], ['inner'])] })],
    ['empty tensors', withTensor(float32Tensor('empty', [0, 3], new Float32Array(0)))],
    [
      'a function with a parameter',
      withFunction({ nodes: [node('Elu', ['a'], ['b'], { attributes: referenceTo('alpha') })] })
    ]
  ])('%s', (_, model) => {
    expect(() => assertInvariants(model)).not.toThrow()
  })

  it('a wide and deep chain in linear time', () => {
    const nodes = Array.from({ length: 100_000 }, (_, index) =>
      node('Relu', [index === 0 ? 'x' : `v${index - 1}`], [`v${index}`])
    )
    const started = performance.now()
    assertInvariants(modelWith({ nodes: [...nodes, ...base.nodes] }))
    // Quadratic work would take minutes; two seconds leave room for a busy machine.
    expect(performance.now() - started).toBeLessThan(2000)
  })
})

describe('assertInvariants refuses', () => {
  const cases: [string, Model, RegExp][] = [
    [
      'nodes out of order',
      modelWith({ nodes: base.nodes.toReversed() }),
      /Node 'y' of graph 'main' uses 'h', which a later node makes/
    ],
    [
      'an undefined value',
      withNodes(node('Relu', ['nowhere'], ['z'])),
      /Node 'Relu -> z' of graph 'main' uses 'nowhere', which nothing defines/
    ],
    [
      'a value defined twice',
      withNodes(node('Relu', ['x'], ['h'])),
      /Node 'h' of graph 'main' defines 'h', which is already/
    ],
    ['a node that makes an initializer', withNodes(node('Relu', ['x'], ['w'])), /defines 'w'/],
    ['a node that makes an input', withNodes(node('Relu', ['w'], ['x'])), /defines 'x'/],
    [
      'an undefined output',
      modelWith({ outputs: [{ name: 'none', type: undefined }] }),
      /Output 'none' of graph 'main'/
    ],
    [
      'inputs of one name',
      modelWith({ inputs: [...base.inputs, ...base.inputs] }),
      /An input of graph 'main' defines 'x'/
    ],
    [
      'an input without a name',
      modelWith({ inputs: [...base.inputs, { name: '', type: undefined }] }),
      /An input of graph 'main' has no name/
    ],
    [
      'an initializer under another name',
      withTensor(float32Tensor('w', [1], Float32Array.of(1)), 'v'),
      /Initializer 'v' of graph 'main'.*'w'/
    ],
    [
      'too few bytes',
      withTensor({
        name: 't',
        dataType: 'float16',
        dims: [3],
        data: { kind: 'bytes', bytes: new Uint8Array(4) }
      }),
      /'t'.*needs 6 bytes of float16, got 4/
    ],
    [
      'too long external data',
      withTensor({
        name: 't',
        dataType: 'int4',
        dims: [3],
        data: { kind: 'external', location: 'w', offsetBytes: 0, lengthBytes: 3 }
      }),
      /'t'.*needs 2 bytes of int4, got 3/
    ],
    [
      'bytes of a string tensor',
      withTensor({
        name: 't',
        dataType: 'string',
        dims: [1],
        data: { kind: 'bytes', bytes: new Uint8Array(1) }
      }),
      /holds bytes as string/
    ],
    [
      'a fractional size',
      withTensor({
        name: 't',
        dataType: 'int8',
        dims: [1.5],
        data: { kind: 'bytes', bytes: new Uint8Array(2) }
      }),
      /\[1.5\]/
    ],
    [
      'a domain that is not imported',
      withNodes(node('Gelu', ['x'], ['z'], { domain: 'com.microsoft' })),
      /'Gelu -> z' of graph 'main' uses domain 'com.microsoft'/
    ],
    ['a node without an operator', withNodes(node('', ['x'], ['z'])), /has no operator/],
    [
      'an If without branches',
      withNodes(node('If', ['x'], ['z'])),
      /'If -> z' of graph 'main' lacks its graph 'then_branch'/
    ],
    ['a Loop without a body', withNodes(node('Loop', ['x'], ['z'])), /graph 'body'/],
    [
      'branches with another number of outputs',
      withIf({ nodes: [node('Relu', ['h'], ['inner'])] }, ['a', 'b']),
      /has 2 outputs.*has 1/
    ],
    [
      'a subgraph that redefines an outer value',
      withIf({ nodes: [node('Relu', ['x'], ['h']), node('Relu', ['h'], ['inner'])] }),
      /attribute 'then_branch' of node 'If -> chosen' of graph 'main' defines 'h'/
    ],
    [
      'a subgraph that returns an outer value',
      withIf({ outputs: [{ name: 'h', type: undefined }] }),
      /Output 'h' of attribute 'then_branch'/
    ],
    [
      'an inner value used outside',
      modelWith({
        nodes: [
          ...withIf({ nodes: [node('Relu', ['h'], ['inner'])] }).graph.nodes,
          node('Relu', ['inner'], ['z'])
        ]
      }),
      /'inner', which nothing defines/
    ],
    [
      'a parameter outside a function',
      withNodes(node('Elu', ['x'], ['z'], { attributes: referenceTo('alpha') })),
      /'alpha', which is no parameter/
    ],
    [
      'an unknown parameter',
      withFunction({ nodes: [node('Elu', ['a'], ['b'], { attributes: referenceTo('beta') })] }),
      /'beta', which is no parameter/
    ],
    [
      'a function that sees outer values',
      withFunction({ nodes: [node('Add', ['a', 'w'], ['b'])] }),
      /function 'F' uses 'w'/
    ],
    ['a function without its output', withFunction({ outputs: ['c'] }), /Output 'c' of function 'F'/],
    [
      'a function with a domain it does not import',
      withFunction({ opsetImports: new Map() }),
      /function 'F' uses domain ''/
    ],
    [
      'a bad attribute tensor',
      withNodes(
        node('Constant', [], ['z'], {
          attributes: new Map([
            ['value', { kind: 'tensor', value: { ...int64Tensor('', [1], [1]), dims: [2] } }]
          ])
        })
      ),
      /attribute 'value' of node 'Constant -> z'.*needs 16 bytes/
    ],
    [
      'sparse indices of another length',
      modelWith({
        sparseInitializers: [
          {
            values: float32Tensor('s', [2], Float32Array.of(1, 2)),
            indices: int64Tensor('i', [3], [0, 1, 2]),
            dims: [4]
          }
        ]
      }),
      /Sparse tensor 's'/
    ]
  ]
  it.each(cases)('%s', (_, model, message) => {
    expect(() => assertInvariants(model)).toThrowError(
      expect.objectContaining({ code: 'internal', message: expect.stringMatching(message) as string })
    )
  })

  it('a foreign model with the code that the caller chooses', () => {
    expect(() => assertInvariants(withNodes(node('Relu', ['nowhere'], ['z'])), 'invalid-input')).toThrowError(
      expect.objectContaining({ code: 'invalid-input' })
    )
  })
})
