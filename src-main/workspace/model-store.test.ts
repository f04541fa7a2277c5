import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { WorkbenchError } from '@contract/errors'
import { useTemporaryFolder } from '../../tests/helpers/temporary-folder'
import { sha256Text } from './files'
import { modelIdentity, openModelStore, type ModelStore } from './model-store'

const folder = useTemporaryFolder()
const text = (value: string) => new TextEncoder().encode(value)

function store(): ModelStore {
  return openModelStore(join(folder(), 'models'), join(folder(), 'tmp'))
}

async function* chunksOf(...values: string[]) {
  for (const value of values) yield text(value)
}

describe('the model store', () => {
  it('names a model by the SHA-256 of its bytes', async () => {
    const stored = await store().add(text('abc'))
    const path = join(folder(), 'models', sha256Text('abc'), 'model.onnx')
    expect(stored).toEqual({ modelHash: sha256Text('abc'), path, sizeBytes: 3 })
    expect(readFileSync(path, 'utf8')).toBe('abc')
    expect(await store().intactPath(stored.modelHash)).toBe(path)
    expect(store().has(stored.modelHash)).toBe(true)
  })

  it('gives chunks the name of the same bytes in one piece, and leaves nothing aside', async () => {
    const inPieces = await store().add(chunksOf('a', '', 'bc'))
    expect(await store().add(text('abc'))).toEqual(inPieces)
    expect(readdirSync(join(folder(), 'tmp'))).toEqual([])
  })

  it('does not write a model again that is there', async () => {
    const { path } = await store().add(text('abc'))
    const before = statSync(path)
    await store().add(text('abc'))
    await store().add(chunksOf('abc'))
    const after = statSync(path)
    expect([after.ino, after.mtimeMs]).toEqual([before.ino, before.mtimeMs])
    expect(readdirSync(join(folder(), 'models'))).toHaveLength(1)
    expect(readdirSync(join(folder(), 'tmp'))).toEqual([])
  })

  it('writes nothing at all for bytes that it has', async () => {
    const stored = await store().add(text('abc'))
    rmSync(join(folder(), 'tmp'), { recursive: true })
    writeFileSync(join(folder(), 'tmp'), 'a file here makes every attempt to write aside fail')
    expect(await store().add(text('abc'))).toEqual(stored)
    await expect(store().add(text('other'))).rejects.toThrow()
  })

  it('stores one model when many add it at once', async () => {
    const stored = await Promise.all(Array.from({ length: 8 }, () => store().add(chunksOf('a', 'bc'))))
    expect(new Set(stored.map(({ path }) => path)).size).toBe(1)
    expect(readFileSync(stored[0]?.path ?? '', 'utf8')).toBe('abc')
    expect(readdirSync(join(folder(), 'tmp'))).toEqual([])
  })

  it('lets external data count: same graph, other weights, other model', async () => {
    const first = await store().add(text('graph'), new Map([['weights.bin', text('11')]]))
    const second = await store().add(text('graph'), new Map([['weights.bin', chunksOf('2', '2')]]))
    const alone = await store().add(text('graph'))
    expect(new Set([first, second, alone].map(({ modelHash }) => modelHash)).size).toBe(3)
    expect(second.sizeBytes).toBe(7)
    expect(readFileSync(join(second.path, '..', 'weights.bin'), 'utf8')).toBe('22')
    expect(first.modelHash).toBe(
      sha256Text(`{"externalData":{"weights.bin":"${sha256Text('11')}"},"model":"${sha256Text('graph')}"}`)
    )
    const identity = modelIdentity(
      { sha256: sha256Text('graph'), sizeBytes: 5 },
      new Map([['weights.bin', { sha256: sha256Text('22'), sizeBytes: 2 }]])
    )
    expect(identity).toEqual({ modelHash: second.modelHash, sizeBytes: 7 })
  })

  it('names a model by its files in whatever order they come', async () => {
    const a = ['a.bin', text('1')] as const
    const b = ['sub/b.bin', text('2')] as const
    const one = await store().add(text('graph'), new Map([a, b]))
    const other = await store().add(text('graph'), new Map([b, a]))
    expect(other.modelHash).toBe(one.modelHash)
  })

  it('shows nothing of a model whose writing failed', async () => {
    async function* cancelled() {
      yield text('half')
      throw new WorkbenchError('cancelled', 'The job was cancelled.')
    }
    await expect(store().add(cancelled())).rejects.toMatchObject({ code: 'cancelled' })
    await expect(store().add(text('x'), new Map([['w', cancelled()]]))).rejects.toThrow()
    expect(existsSync(join(folder(), 'models'))).toBe(false)
    expect(readdirSync(join(folder(), 'tmp'))).toEqual([])
  })

  it('refuses external data outside the folder of the model', async () => {
    const files = new Map([['../evil', text('x')]])
    await expect(store().add(text('a'), files)).rejects.toMatchObject({ code: 'invalid-input' })
    expect(existsSync(join(folder(), 'tmp', 'evil'))).toBe(false)
  })

  it('stores a model again that was deleted by hand, folder or file', async () => {
    const { path } = await store().add(text('abc'))
    rmSync(path)
    writeFileSync(join(path, '..', 'rest'), '')
    await store().add(text('abc'))
    expect(readFileSync(path, 'utf8')).toBe('abc')
    rmSync(join(path, '..'), { recursive: true })
    expect(store().has(sha256Text('abc'))).toBe(false)
    await store().add(chunksOf('abc'))
    expect(readFileSync(path, 'utf8')).toBe('abc')
  })

  it('says what to do about a model that is not there, and takes no path for a hash', async () => {
    mkdirSync(join(folder(), 'other'))
    writeFileSync(join(folder(), 'other', 'model.onnx'), '')
    const hash = sha256Text('gone')
    await expect(store().intactPath(hash)).rejects.toThrow(
      `The model ${hash} is not in '${join(folder(), 'models')}': run the trial that makes it again.`
    )
    expect(store().has('../other')).toBe(false)
    await expect(store().intactPath('../other')).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('a stored model that was damaged', () => {
  const weights = new Map([['deep/weights.bin', text('0123456789')]])
  const damages: readonly (readonly [string, string, string])[] = [
    ['cut short', 'model.onnx', 'gra'],
    ['with a tail of zeros', 'deep/weights.bin', '01234\0\0\0\0\0'],
    ['with a file too many', 'other.bin', '']
  ]

  it.each(damages)('%s is never given out, but removed and said to be so', async (_, file, content) => {
    const { modelHash, path } = await store().add(text('graph'), weights)
    expect(await store().intactPath(modelHash)).toBe(path)
    writeFileSync(join(path, '..', file), content)
    await expect(store().intactPath(modelHash)).rejects.toMatchObject({
      code: 'io',
      message: `The model ${modelHash} in '${join(folder(), 'models')}' was damaged and is removed: run its study again to make it anew.`
    })
    expect(store().has(modelHash)).toBe(false)
  })

  it.each(damages)('%s is written again by who stores it again', async (_, file, content) => {
    for (const graph of [text('graph'), chunksOf('gr', 'aph')]) {
      const { modelHash, path } = await store().add(text('graph'), weights)
      writeFileSync(join(path, '..', file), content)
      await store().add(graph, weights)
      expect(await store().intactPath(modelHash)).toBe(path)
    }
  })

  it('is told from a whole one', async () => {
    const { modelHash, path } = await store().add(text('graph'), weights)
    expect(await store().hasIntact(modelHash)).toBe(true)
    writeFileSync(join(path, '..', 'deep', 'weights.bin'), '0')
    expect(await store().hasIntact(modelHash)).toBe(false)
    expect(await store().hasIntact(sha256Text('gone'))).toBe(false)
  })
})
