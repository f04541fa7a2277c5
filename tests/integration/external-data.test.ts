/** A model whose weights lie beside it goes through the main job as one in a single file does. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { createPrng } from '../../src-main/base/prng'
import { decodeModel } from '../../src-main/onnx/serde/decode-model'
import { encodeModel } from '../../src-main/onnx/serde/encode-model'
import { externalLocations, externalizeModel } from '../../src-main/onnx/serde/external-data'
import type { CompressResult } from '../../src-main/services/requests'
import { plainLogits } from '../helpers/plain-runtime'
import { runCli } from '../helpers/run-cli'
import { useSharedTemporaryFolder } from '../helpers/shared-temporary-folder'
import { writeTinyData } from '../helpers/tiny-speech-data'
import { writeTinyModel } from '../helpers/tiny-speech-model'
import { writeBigModel } from '../torture/big-model'

const shared = useSharedTemporaryFolder()
let calibration: string

beforeAll(() => {
  calibration = writeTinyData(join(shared(), 'calibration.jsonl'), { utterances: 4, seed: 1 })
})

/** Moves the weights of a model folder's `model.onnx` into `weights.bin` beside it. */
function externalize(folder: string): string {
  const file = join(folder, 'model.onnx')
  const { model, chunks } = externalizeModel(decodeModel(readFileSync(file)), { location: 'weights.bin' })
  writeFileSync(join(folder, 'weights.bin'), Buffer.concat([...chunks]))
  writeFileSync(file, encodeModel(model))
  return folder
}

async function compress(model: string, name: string): Promise<string> {
  const output = join(shared(), name)
  const method = ['--method', 'whitened-svd', '--retain', '50%', '--calibration', calibration]
  const result = await runCli([
    'compress',
    model,
    ...method,
    '--output',
    output,
    '--workspace',
    join(shared(), `${name} workspace`)
  ])
  expect(result, result.stderr).toMatchObject({ code: 0 })
  return output
}

describe('a model with external data', () => {
  it('is compressed into a model with page-aligned external data that gives the same logits', async () => {
    const single = await compress(writeTinyModel(join(shared(), 'single')), 'compressed single')
    const split = await compress(externalize(writeTinyModel(join(shared(), 'split'))), 'compressed split')

    const model = decodeModel(readFileSync(join(split, 'model.onnx')))
    expect([...externalLocations(model)]).toEqual(['model.onnx.data'])
    const offsets = [...model.graph.initializers.values()].flatMap(({ data }) =>
      data.kind === 'external' ? [data.offsetBytes] : []
    )
    expect(offsets.length).toBeGreaterThan(0)
    expect(offsets.filter((offset) => offset % 4096 !== 0)).toEqual([])
    expect([...externalLocations(decodeModel(readFileSync(join(single, 'model.onnx'))))]).toEqual([])

    const prng = createPrng(7)
    const dims = [1, 80, 64]
    const input = {
      name: 'input_features',
      dims,
      data: Float32Array.from({ length: 80 * 64 }, () => prng.normal())
    }
    const expected = await plainLogits(join(single, 'model.onnx'), input)
    expect(await plainLogits(join(split, 'model.onnx'), input)).toEqual(expected)
  })

  it('of no known family is compressed without audio, checked layer by layer, and runs', async () => {
    const folder = writeBigModel(join(shared(), 'unknown'), { blocks: 1, width: 32 })
    const output = join(shared(), 'compressed unknown')
    const places = ['--output', output, '--workspace', join(shared(), 'unknown workspace')]
    const method = ['--method', 'weight-svd', '--retain', '50%', '--precision', 'int8']
    const result = await runCli(['compress', folder, ...method, ...places, '--json'])
    expect(result, result.stderr).toMatchObject({ code: 0 })
    const { built, exported } = JSON.parse(result.stdout) as CompressResult
    expect(built.parity).toMatchObject([{ comparison: 'layer-products', utterances: 0, tolerance: 1e-9 }])
    expect(built.parity[0]!.maxRelativeError).toBeLessThan(1e-12)
    expect(built).toMatchObject({ macsPerAudioSecond: null })
    expect(built.plan.filter(({ rank }) => rank !== null)).toHaveLength(6)
    // Not run for the comparison: nobody knows how.
    expect(exported).toMatchObject({ folder: output, maxAbsoluteError: null })
    const input = {
      name: 'x',
      dims: [1, 5, 32],
      data: Float32Array.from({ length: 160 }, (_, i) => Math.sin(i))
    }
    const { dims, data } = await plainLogits(join(output, 'model.onnx'), input)
    expect([dims, data.every(Number.isFinite)]).toEqual([[1, 5, 32], true])
    const needed = await runCli([
      'compress',
      folder,
      '--method',
      'whitened-svd',
      '--retain',
      '50%',
      '--calibration',
      calibration,
      '--output',
      join(shared(), 'never'),
      '--workspace',
      join(shared(), 'unknown workspace')
    ])
    expect(needed).toMatchObject({ code: 1 })
    expect(needed.stderr).toContain('[unsupported-model]')
  })

  it('is refused when the data would come from outside its folder', async () => {
    const folder = externalize(writeTinyModel(join(shared(), 'hostile')))
    const file = join(folder, 'model.onnx')
    const model = decodeModel(readFileSync(file))
    const initializers = new Map(
      [...model.graph.initializers].map(([name, tensor]) => [
        name,
        tensor.data.kind === 'external'
          ? { ...tensor, data: { ...tensor.data, location: '../calibration.jsonl' } }
          : tensor
      ])
    )
    writeFileSync(file, encodeModel({ ...model, graph: { ...model.graph, initializers } }))
    const result = await runCli(['inspect', folder])
    expect(result).toMatchObject({ code: 1, stdout: '' })
    expect(result.stderr).toContain("'../calibration.jsonl'")
    expect(result.stderr).toContain('[invalid-input]')
  })
})
