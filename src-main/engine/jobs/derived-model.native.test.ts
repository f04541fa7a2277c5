import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { useTemporaryFolder } from '../../../tests/helpers/temporary-folder'
import { GraphBuilder } from '../../onnx/build/graph-builder'
import { float32Tensor } from '../../onnx/ir/tensor'
import { createOrtBackend } from '../../runtime/ort/ort-backend'
import { withDerivedModel, withSession } from './derived-model'

const folder = useTemporaryFolder()
const backend = createOrtBackend()

/** Just large enough. */
const largeSizes = [4096, 8192] as const

/** W [i, j] = i + 10 · j. */
function weightOf(rows: number, columns: number): Float32Array {
  const values = new Float32Array(rows * columns)
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) values[i * columns + j] = i + 10 * j
  return values
}

const largeWeight = weightOf(...largeSizes)

/** x [1, rows] · W. */
function product(rows: number, columns: number) {
  const b = new GraphBuilder('product')
  const x = b.input('x', 'float32', [1, rows])
  const values = () => (rows === largeSizes[0] ? largeWeight : weightOf(rows, columns))
  const weight = b.initializer(float32Tensor('w', [rows, columns], values))
  b.output(b.node('MatMul', [x, weight], { outputs: ['y'] }), 'float32', [1, columns])
  return b.build()
}

/** Row 2 of W, of which the runtime can only know when it read the weights. */
async function thirdRow(rows: number, columns: number, temporaryFolder?: string): Promise<number[]> {
  const data = new Float32Array(rows)
  data[2] = 1
  return withSession({ backend, threads: 1, temporaryFolder }, product(rows, columns), async (session) => {
    const { y } = await session.run({ x: { dataType: 'float32', dims: [1, rows], data } })
    return [...(y!.data as Float32Array).slice(0, 3)]
  })
}

describe('a derived model', () => {
  it('that is small stays in memory', async () => {
    await withDerivedModel(product(8, 8), { temporaryFolder: folder() }, async ({ kind }) => {
      expect(kind).toBe('bytes')
    })
    expect(await thirdRow(8, 8, folder())).toEqual([2, 12, 22])
  })

  it('that is large is run from a file, which is gone afterwards', async () => {
    await withDerivedModel(product(...largeSizes), { temporaryFolder: folder() }, async (source) => {
      expect(source.kind).toBe('file')
      expect(readdirSync(folder())).toHaveLength(1)
    })
    expect(await thirdRow(...largeSizes, folder())).toEqual([2, 12, 22])
    expect(readdirSync(folder())).toEqual([])
  })

  it('that fails leaves no file either', async () => {
    const failing = withSession(
      { backend, threads: 1, temporaryFolder: folder() },
      product(...largeSizes),
      (session) => session.run({})
    )
    await expect(failing).rejects.toMatchObject({ code: 'native' })
    expect(readdirSync(folder())).toEqual([])
  })
})
