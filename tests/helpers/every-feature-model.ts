/** A small legal model that uses everything the IR can hold, so that a round trip that loses something fails. */
import { dataTypes, packedSizeBytes } from '../../src-main/onnx/ir/data-type'
import type { Attribute, Graph, Model, Node, SparseTensor, ValueInfo } from '../../src-main/onnx/ir/model'
import { float32Tensor, int64Tensor, type Tensor } from '../../src-main/onnx/ir/tensor'

const textEncoder = new TextEncoder()

export const largestInt64 = 2n ** 63n - 1n
export const smallestInt64 = -(2n ** 63n)

/** One initializer of every element type; five elements, so that types under 8 bits end inside a byte. */
export function tensorsOfAllTypes(): Tensor[] {
  return dataTypes
    .filter((dataType) => dataType !== 'undefined')
    .map((dataType): Tensor => {
      if (dataType === 'string') return stringTensor('string', ['sil', '', 'größer'])
      const bytes = new Uint8Array(packedSizeBytes(dataType, 5)).map((_, index) => (37 * index + 11) % 251)
      return { name: dataType, dataType, dims: [5], data: { kind: 'bytes', bytes } }
    })
}

function stringTensor(name: string, values: readonly string[]): Tensor {
  return {
    name,
    dataType: 'string',
    dims: [values.length],
    data: { kind: 'strings', values: values.map((value) => textEncoder.encode(value)) }
  }
}

function sparseTensor(name: string): SparseTensor {
  return {
    values: float32Tensor(name, [2], Float32Array.of(1.5, -2)),
    indices: int64Tensor(`${name}_indices`, [2, 2], [0, 1, 2, 0]),
    dims: [3, 4]
  }
}

function emptyGraph(name: string): Graph {
  return {
    name,
    nodes: [],
    initializers: new Map(),
    sparseInitializers: [],
    inputs: [],
    outputs: [],
    valueInfos: [],
    quantizationAnnotations: []
  }
}

function makeNode(opType: string, inputs: readonly string[], outputs: readonly string[]): Node {
  return { name: outputs[0] ?? '', opType, domain: '', inputs, outputs, attributes: new Map() }
}

/** A branch that reads `input` and `shared`, both defined around it, and returns `result`. */
function branch(name: string): Graph {
  const local = float32Tensor('local', [1], Float32Array.of(name === 'then' ? 1 : 2))
  return {
    ...emptyGraph(name),
    initializers: new Map([['local', local]]),
    nodes: [makeNode('Add', ['input', 'shared'], ['sum']), makeNode('Mul', ['sum', 'local'], ['result'])],
    outputs: [{ name: 'result', type: { kind: 'tensor', dataType: 'float32', dims: undefined } }]
  }
}

function attributesOfAllKinds(): Map<string, Attribute> {
  return new Map<string, Attribute>([
    ['float', { kind: 'float', value: Math.fround(0.1), docString: 'a float' }],
    ['zero_float', { kind: 'float', value: 0 }],
    ['int', { kind: 'int', value: largestInt64 }],
    ['zero_int', { kind: 'int', value: 0n }],
    ['string', { kind: 'string', value: Uint8Array.of(0xff, 0, 0x41) }],
    ['empty_string', { kind: 'string', value: new Uint8Array(0) }],
    ['tensor', { kind: 'tensor', value: float32Tensor('', [], Float32Array.of(Math.PI)) }],
    ['graph', { kind: 'graph', value: branch('attribute graph') }],
    ['sparse', { kind: 'sparse-tensor', value: sparseTensor('sparse_attribute') }],
    ['type', { kind: 'type', value: { kind: 'tensor', dataType: 'int8', dims: [1, 'n', undefined] } }],
    ['floats', { kind: 'floats', value: [0, -1, Math.fround(1e-40), Infinity, NaN] }],
    ['ints', { kind: 'ints', value: [largestInt64, smallestInt64, 0n, -1n, 2n ** 53n + 1n, 2n ** 32n] }],
    ['strings', { kind: 'strings', value: [textEncoder.encode('a'), new Uint8Array(0)] }],
    ['tensors', { kind: 'tensors', value: [int64Tensor('t', [2], [1, -1])] }],
    ['graphs', { kind: 'graphs', value: [branch('one'), branch('two')] }],
    ['sparse_list', { kind: 'sparse-tensors', value: [sparseTensor('listed')] }],
    ['types', { kind: 'types', value: [{ kind: 'opaque', domain: 'test', name: 'thing' }] }],
    ['no_ints', { kind: 'ints', value: [] }]
  ])
}

function valueInfosOfAllTypes(): ValueInfo[] {
  const tensor = { kind: 'tensor', dataType: 'float32', dims: [0, 'batch', undefined] } as const
  return [
    {
      name: 'annotated',
      type: { ...tensor, dimDenotations: ['', 'DATA_BATCH', ''], denotation: 'IMAGE' },
      docString: 'words',
      metadataProps: new Map([['key', 'value']])
    },
    { name: 'scalar', type: { kind: 'tensor', dataType: 'bool', dims: [] } },
    { name: 'untyped', type: undefined },
    { name: 'sparse', type: { kind: 'sparse-tensor', dataType: 'float64', dims: [3] } },
    { name: 'sequence', type: { kind: 'sequence', element: tensor } },
    { name: 'optional', type: { kind: 'optional', element: { kind: 'sequence', element: undefined } } },
    { name: 'map', type: { kind: 'map', key: 'int64', value: tensor } }
  ]
}

function mainGraph(): Graph {
  const shared = float32Tensor('shared', [1], Float32Array.of(3))
  const initializers = [
    { ...shared, docString: 'used by both branches', metadataProps: new Map([['layer', '1']]) },
    ...tensorsOfAllTypes(),
    float32Tensor('empty', [0, 4], new Float32Array(0)),
    int64Tensor('scalar_index', [], [7])
  ]
  const condition: Node = {
    ...makeNode('If', ['condition'], ['chosen']),
    attributes: new Map<string, Attribute>([
      ['then_branch', { kind: 'graph', value: branch('then') }],
      ['else_branch', { kind: 'graph', value: branch('else') }]
    ])
  }
  const everything: Node = {
    ...makeNode('Everything', ['chosen', '', 'shared'], ['', 'output']),
    domain: 'test.custom',
    overload: 'wide',
    attributes: attributesOfAllKinds(),
    docString: 'uses every kind of attribute',
    metadataProps: new Map([['pkg.torch.onnx.name_scopes', 'a/b']]),
    deviceConfigurations: [
      {
        configurationId: 'two devices',
        pipelineStage: 0,
        shardings: [
          {
            tensorName: 'shared',
            devices: [0n, -1n],
            deviceGroups: [{ key: -1n, devices: [0n, 1n] }],
            dims: [
              {
                axis: 0n,
                parts: [
                  { dim: 'batch', shardCount: 2n },
                  { dim: 4n, shardCount: 2n }
                ]
              }
            ]
          }
        ]
      }
    ]
  }
  return {
    name: 'main',
    nodes: [condition, everything],
    initializers: new Map(initializers.map((tensor) => [tensor.name, tensor])),
    sparseInitializers: [sparseTensor('sparse_weight')],
    inputs: [
      { name: 'input', type: { kind: 'tensor', dataType: 'float32', dims: ['batch', 4] } },
      { name: 'condition', type: { kind: 'tensor', dataType: 'bool', dims: [] } }
    ],
    outputs: [{ name: 'output', type: { kind: 'tensor', dataType: 'float32', dims: undefined } }],
    valueInfos: valueInfosOfAllTypes(),
    quantizationAnnotations: [{ tensorName: 'chosen', parameters: new Map([['SCALE_TENSOR', 'float32']]) }],
    docString: 'main graph',
    metadataProps: new Map([['graph key', 'graph value']])
  }
}

export function everyFeatureModel(): Model {
  return {
    irVersion: 13,
    opsetImports: new Map([
      ['', 21],
      ['test.custom', 1]
    ]),
    producerName: 'test',
    producerVersion: '1.2',
    domain: 'org.example',
    modelVersion: -3n,
    graph: mainGraph(),
    functions: [
      {
        name: 'Shift',
        domain: 'test.custom',
        overload: 'wide',
        inputs: ['x'],
        outputs: ['y'],
        attributeNames: ['amount'],
        attributeDefaults: new Map<string, Attribute>([['scale', { kind: 'float', value: 2 }]]),
        nodes: [
          {
            ...makeNode('Constant', [], ['c']),
            attributes: new Map<string, Attribute>([
              ['value_float', { kind: 'reference', attributeName: 'amount', type: 1 }]
            ])
          },
          makeNode('Add', ['x', 'c'], ['y'])
        ],
        opsetImports: new Map([['', 20]]),
        valueInfos: [{ name: 'c', type: { kind: 'tensor', dataType: 'float32', dims: [] } }],
        docString: 'adds a constant',
        metadataProps: new Map([['function key', 'function value']])
      }
    ],
    trainingInfo: [
      {
        initialization: undefined,
        algorithm: emptyGraph('algorithm'),
        initializationBindings: new Map([['shared', 'fresh']]),
        updateBindings: new Map([['shared', 'updated']])
      }
    ],
    deviceConfigurations: [{ name: 'two devices', deviceCount: 2, devices: ['cpu:0', 'cpu:1'] }],
    docString: 'a model',
    metadataProps: new Map([
      ['vocab_size', '28'],
      ['empty', '']
    ])
  }
}
