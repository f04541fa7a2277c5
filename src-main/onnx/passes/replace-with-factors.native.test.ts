/** Layers become factors in every form they have, and the model computes what it did before, in ONNX Runtime. */
import { describe, expect, it } from 'vitest'
import {
  buildModel,
  convForms,
  gatherFeed,
  gatherModel,
  gemmForms,
  inFeatures,
  matmulForms,
  outFeatures,
  randomFeed,
  randomTensor,
  windowForms,
  type LayerForm
} from '../../../tests/helpers/linear-models'
import { floats, runModel } from '../../../tests/helpers/run-model'
import { truncate } from '../../../tests/helpers/truncate'
import { lowRankFactors } from '../../compression/low-rank-factors'
import { largestDifference } from '../../../tests/helpers/dense-matrices'
import { matrix } from '../../linalg/matrix'
import { scalarProducts } from '../../linalg/products'
import type { RuntimeTensor } from '../../runtime/inference-backend'
import { assertInvariants } from '../invariants'
import { countMacs } from '../macs'
import { inferShapes } from '../shapes/infer-shapes'
import type { Model } from '../ir/model'
import { float32Values, typedTensor } from '../ir/tensor'
import type { LinearLayer } from '../linear-layer/linear-layer'
import { locateLinearLayers } from '../linear-layer/locate-linear-layers'
import { readWeight } from '../linear-layer/read-weight'
import { replaceWithFactors, type StoredFactors } from './replace-with-factors'

async function factorsOf(
  model: Model,
  layer: LinearLayer,
  rank?: number
): Promise<StoredFactors<Float32Array>> {
  const { in: rows, out: columns, data } = readWeight(model, layer)
  const factors = await lowRankFactors(matrix(rows, columns, data), undefined, scalarProducts)
  return truncate(factors, rank ?? Math.min(rows, columns))
}

/** Every layer of the model by factors of full rank. */
async function factorizeAll(model: Model): Promise<Model> {
  const replacements = await Promise.all(
    locateLinearLayers(model).map(async (layer) => ({ layer, factors: await factorsOf(model, layer) }))
  )
  const result = replaceWithFactors(model, replacements)
  expect(result.modified).toBe(true)
  assertInvariants(result.model)
  return result.model
}

/**
 * float32 on both sides: a product of 7 terms by weights of order 1 against two products of 7 and of 4 terms by
 * factors that are rounded themselves, some 20 roundings of 2^-24 of values up to four times the output. Patches have up
 * to 84 terms, whose roundings partly cancel.
 */
const rtol = 80 * 2 ** -24

async function expectSameOutputs(actual: Model, expected: Model, x: RuntimeTensor): Promise<void> {
  for (const graphOptimization of [false, true]) {
    const wanted = await runModel(expected, { x }, { graphOptimization })
    const found = await runModel(actual, { x }, { graphOptimization })
    expect(Object.keys(found)).toEqual(Object.keys(wanted))
    for (const [name, tensor] of Object.entries(wanted)) {
      expect(found[name]!.dims).toEqual(tensor.dims)
      const scale = Math.max(...floats(tensor).map(Math.abs))
      expect(largestDifference(floats(found[name]), floats(tensor))).toBeLessThan(rtol * scale)
    }
  }
}

const forms: readonly LayerForm[] = [...matmulForms, ...gemmForms, ...convForms, ...windowForms]

describe('replaceWithFactors', () => {
  it.each(forms)('keeps the outputs at full rank, and all else as it was: $name', async ({ model, feed }) => {
    const before = structuredClone(model)
    const replaced = await factorizeAll(model)
    await expectSameOutputs(replaced, model, feed)

    const { graph } = replaced
    expect(graph.initializers.has('w')).toBe(false)
    expect(graph.initializers.get('bystander')).toBe(model.graph.initializers.get('bystander'))
    expect(graph.nodes.filter(({ name }) => name === 'bystanding')).toEqual(
      model.graph.nodes.filter(({ name }) => name === 'bystanding')
    )
    expect([graph.inputs, graph.outputs]).toEqual([model.graph.inputs, model.graph.outputs])
    expect(replaced.metadataProps).toEqual(new Map([['vocab_size', '28']]))
    expect(model).toEqual(before)
  })

  it.each(forms)('stores the pair in the layout of its operator: $name', async ({ model }) => {
    const [layer] = locateLinearLayers(model)
    const factors = await factorsOf(model, layer!, 2)
    const { graph } = replaceWithFactors(model, [{ layer: layer!, factors }]).model
    const [down, up] = [graph.initializers.get('w.down')!, graph.initializers.get('w.up')!]
    if (layer!.operator === 'Conv') {
      const kernel = layer!.window?.kernel ?? up.dims.slice(2).map(() => 1)
      expect(down.dims).toEqual([2, inFeatures, ...kernel])
      expect(up.dims).toEqual([outFeatures, 2, ...kernel.map(() => 1)])
    } else {
      expect([down.dims, up.dims]).toEqual([
        [inFeatures, 2],
        [2, outFeatures]
      ])
      expect([float32Values(down), float32Values(up)]).toEqual([factors.down, factors.up])
    }
    const first = layer!.operator === 'Gemm' ? 'MatMul' : layer!.operator
    const pair = graph.nodes.filter(({ opType }) => opType === first || opType === layer!.operator)
    expect(pair.map(({ name, inputs, outputs }) => [name, inputs.slice(0, 2), outputs])).toEqual([
      ['y.down', ['x', 'w.down'], ['y.hidden']],
      ['y.up', ['y.hidden', 'w.up'], ['y']]
    ])
  })

  it.each(windowForms)('costs r · (in + out) products at every position: $name', async ({ model }) => {
    const [layer] = locateLinearLayers(model)
    const replaced = replaceWithFactors(model, [
      { layer: layer!, factors: await factorsOf(model, layer!, 2) }
    ]).model
    const dense = countMacs(model, inferShapes(model)).total
    const positions = dense / (layer!.inFeatures * layer!.outFeatures)
    expect(Number.isInteger(positions)).toBe(true)
    expect(countMacs(replaced, inferShapes(replaced)).total).toBe(
      positions * 2 * (layer!.inFeatures + layer!.outFeatures)
    )
    // The pair is found again, as a convolution over patches and one of single positions.
    expect(locateLinearLayers(replaced).map((found) => [found.window, found.inFeatures])).toEqual([
      [layer!.window, layer!.inFeatures],
      [undefined, 2]
    ])
  })

  it('picks rows of the first factor of an embedding, and leaves the head that shares its weight', async () => {
    const [embedding, head] = locateLinearLayers(gatherModel)
    expect([embedding!.role, head!.id]).toEqual(['embedding', 'head'])
    const factors = await factorsOf(gatherModel, embedding!)
    const replaced = replaceWithFactors(gatherModel, [{ layer: embedding!, factors }]).model
    assertInvariants(replaced)
    expect(replaced.graph.nodes.map(({ opType, inputs }) => [opType, ...inputs])).toEqual([
      ['Gather', 'w.down', 'ids'],
      ['MatMul', 'rows.hidden', 'w.up'],
      ['Transpose', 'w'],
      ['MatMul', 'rows', expect.any(String)]
    ])
    const wanted = await runModel(gatherModel, { ids: gatherFeed })
    const found = await runModel(replaced, { ids: gatherFeed })
    const scale = Math.max(...floats(wanted.result).map(Math.abs))
    expect(found.result!.dims).toEqual(wanted.result!.dims)
    expect(largestDifference(floats(found.result), floats(wanted.result))).toBeLessThan(rtol * scale)
  })

  it('computes the truncated map below full rank', async () => {
    const { model, feed } = matmulForms[0]!
    const [layer] = locateLinearLayers(model)
    const { down, up } = await factorsOf(model, layer!, 2)
    const replaced = replaceWithFactors(model, [{ layer: layer!, factors: { rank: 2, down, up } }]).model
    const result = floats((await runModel(replaced, { x: feed })).result)
    const x = floats(feed)
    const expected = Array.from(result, (_, index) => {
      const [row, out] = [Math.floor(index / outFeatures), index % outFeatures]
      let sum = 0
      for (let r = 0; r < 2; r++) {
        for (let k = 0; k < inFeatures; k++) {
          sum += x[row * inFeatures + k]! * down[k * 2 + r]! * up[r * outFeatures + out]!
        }
      }
      return sum
    })
    // Sums of 7 and 2 products in float32 against float64: values up to 10, a dozen roundings.
    expect(largestDifference(result, expected)).toBeLessThan(1e-5)
  })

  it('shares the factors of layers that share a weight, and keeps a weight that others still use', async () => {
    const model = buildModel((b) => {
      const x = b.input('x', 'float32', [4, 4])
      const w = b.initializer(randomTensor('w', [4, 4], 1))
      const first = b.node('MatMul', [x, w], { outputs: ['first'] })
      b.output(b.node('MatMul', [first, w], { outputs: ['second'] }), 'float32')
      b.output(b.node('Add', [w, first], { outputs: ['sum'] }), 'float32')
    })
    const layers = locateLinearLayers(model)
    const factors = await factorsOf(model, layers[0]!)
    const replaced = replaceWithFactors(
      model,
      layers.map((layer) => ({ layer, factors }))
    ).model
    assertInvariants(replaced)
    expect([...replaced.graph.initializers.keys()]).toEqual(['w', 'w.down', 'w.up'])
    expect(replaced.graph.nodes.map(({ opType }) => opType)).toEqual([
      ...['MatMul', 'MatMul', 'MatMul', 'MatMul'],
      'Add'
    ])
    await expectSameOutputs(replaced, model, randomFeed([4, 4], 4))
  })

  it('gives unnamed nodes names from their outputs', async () => {
    const { model, feed } = matmulForms[0]!
    const nodes = model.graph.nodes.map((node) => ({ ...node, name: '' }))
    const unnamed = { ...model, graph: { ...model.graph, nodes } }
    const replaced = await factorizeAll(unnamed)
    await expectSameOutputs(replaced, model, feed)
    expect(replaced.graph.nodes.map(({ name }) => name).slice(0, 2)).toEqual(['y.down', 'y.up'])
  })

  it('keeps the name of a layer that is an output of the graph', async () => {
    const model = buildModel((b) => {
      const x = b.input('x', 'float32', [2, 4])
      const y = b.node('MatMul', [x, b.initializer(randomTensor('w', [4, 3], 1))], { outputs: ['logits'] })
      b.output(y, 'float32', [2, 3])
    })
    const replaced = await factorizeAll(model)
    expect(replaced.graph.outputs).toEqual(model.graph.outputs)
    await expectSameOutputs(replaced, model, randomFeed([2, 4], 2))
  })

  it('avoids names that the model uses already', async () => {
    const model = buildModel((b) => {
      const x = b.input('x', 'float32', [2, 4])
      const w = b.initializer(randomTensor('w', [4, 4], 1))
      // None of these has anything to do with factors.
      const decoy = b.initializer(randomTensor('w.down', [4], 2))
      const hidden = b.node('Add', [x, decoy], { outputs: ['y.hidden'] })
      const up = b.node('Relu', [hidden], { outputs: ['w.up'] })
      const y = b.node('MatMul', [up, w], { outputs: ['y'] })
      b.output(b.node('Add', [y, hidden], { outputs: ['result'] }), 'float32')
    })
    const replaced = await factorizeAll(model)
    expect([...replaced.graph.initializers.keys()]).toEqual(['w.down', 'w.down_2', 'w.up_2'])
    await expectSameOutputs(replaced, model, randomFeed([2, 4], 3))
  })

  it('compresses what was compressed before', async () => {
    for (const { model, feed } of [matmulForms[0]!, gemmForms.at(-1)!, convForms[0]!, windowForms[2]!]) {
      const twice = await factorizeAll(await factorizeAll(model))
      expect(locateLinearLayers(twice)).toHaveLength(4)
      await expectSameOutputs(twice, model, feed)
    }
  })

  it('drops a weight that old models list among their inputs', async () => {
    const { model, feed } = matmulForms[0]!
    const listed = {
      name: 'w',
      type: { kind: 'tensor', dataType: 'float32', dims: [inFeatures, outFeatures] }
    } as const
    const old = { ...model, graph: { ...model.graph, inputs: [...model.graph.inputs, listed] } }
    const replaced = await factorizeAll(old)
    expect(replaced.graph.inputs.map(({ name }) => name)).toEqual(['x'])
    await expectSameOutputs(replaced, model, feed)
  })

  it('works around subgraphs that use the same weight and define the same names', async () => {
    const branch = (name: string) => {
      const { graph } = buildModel((b) => {
        b.node('MatMul', ['x', 'w'], { outputs: ['y.hidden'] })
        b.initializer(typedTensor('w.up', 'float32', [1], Float32Array.of(name === 'then' ? 1 : 2)))
        b.output(b.node('Add', ['y.hidden', 'w.up'], { outputs: [`${name}_result`] }), 'float32')
      })
      return { kind: 'graph', value: { ...graph, name } } as const
    }
    const model = buildModel((b) => {
      const x = b.input('x', 'float32', [2, 4])
      const w = b.initializer(randomTensor('w', [4, 4], 1))
      b.output(b.node('MatMul', [x, w], { outputs: ['y'] }), 'float32')
      const yes = b.initializer(typedTensor('yes', 'bool', [], Uint8Array.of(1)))
      const attributes = { then_branch: branch('then'), else_branch: branch('else') }
      b.output(b.node('If', [yes], { outputs: ['chosen'], attributes }), 'float32')
    })
    const layers = locateLinearLayers(model).filter(({ graphPath }) => graphPath.length === 0)
    const factors = await factorsOf(model, layers[0]!)
    const replaced = replaceWithFactors(model, [{ layer: layers[0]!, factors }]).model
    assertInvariants(replaced)
    expect([...replaced.graph.initializers.keys()]).toEqual(['w', 'yes', 'w.down', 'w.up_2'])
    await expectSameOutputs(replaced, model, randomFeed([2, 4], 5))
  })
})
