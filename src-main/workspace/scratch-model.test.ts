import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { WorkbenchError } from '@contract/errors'
import { useTemporaryFolder } from '../../tests/helpers/temporary-folder'
import { GraphBuilder } from '../onnx/build/graph-builder'
import { float32Tensor, float32Values, type TensorValues } from '../onnx/ir/tensor'
import { decodeModel } from '../onnx/serde/decode-model'
import { loadExternalData } from '../onnx/serde/external-data'
import { openExternalDataFiles } from './external-data-files'
import { writeScratchModel } from './scratch-model'

const folder = useTemporaryFolder()

function model(values: TensorValues<Float32Array>) {
  const b = new GraphBuilder('scratch')
  const x = b.input('x', 'float32', ['frames', 64])
  const weight = b.initializer(float32Tensor('w', [64, 64], values))
  b.output(b.node('MatMul', [x, weight], { outputs: ['y'] }), 'float32', ['frames', 64])
  return b.build()
}

const weight = Float32Array.from({ length: 64 * 64 }, (_, index) => index / 7)

describe('a scratch model', () => {
  it('is the model, with its weights in a file beside it, until it is removed', () => {
    const { path, remove } = writeScratchModel(
      folder(),
      model(() => weight)
    )
    const written = decodeModel(readFileSync(path))
    expect(written.graph.initializers.get('w')?.data).toMatchObject({ kind: 'external', lengthBytes: 16_384 })
    const loaded = loadExternalData(written, openExternalDataFiles(dirname(path)))
    expect(float32Values(loaded.graph.initializers.get('w')!)).toEqual(weight)
    remove()
    expect(readdirSync(folder())).toEqual([])
  })

  it('does not meet another one', () => {
    const [first, second] = [
      writeScratchModel(folder(), model(weight)),
      writeScratchModel(folder(), model(weight))
    ]
    first.remove()
    expect(existsSync(second.path)).toBe(true)
  })

  it('leaves nothing when a weight cannot be read', () => {
    const failing = model(() => {
      throw new WorkbenchError('io', 'The weights are gone.')
    })
    expect(() => writeScratchModel(folder(), failing)).toThrow('The weights are gone.')
    expect(readdirSync(folder())).toEqual([])
  })

  it('says what cannot be written', () => {
    const file = join(folder(), 'file')
    writeFileSync(file, '')
    expect(() => writeScratchModel(file, model(weight))).toThrow(
      expect.objectContaining({ message: expect.stringContaining(file) as string }) as Error
    )
  })
})
