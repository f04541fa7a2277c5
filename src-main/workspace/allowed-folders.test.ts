import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { useTemporaryFolder } from '../../tests/helpers/temporary-folder'
import { allowFolders } from './allowed-folders'

const folder = useTemporaryFolder()
const root = () => join(folder(), 'root')
const allowed = () => allowFolders([root()])

beforeEach(() => {
  for (const name of ['root/models/deep', 'root-beside', 'elsewhere']) {
    mkdirSync(join(folder(), name), { recursive: true })
  }
  for (const name of ['root/b.txt', 'root/a10.txt', 'root/a9.txt', 'root/.hidden', 'elsewhere/secret.txt']) {
    writeFileSync(join(folder(), name), name)
  }
})

describe('a path', () => {
  it.each(['root', 'root/models/deep', 'root/b.txt', 'root/models/../b.txt'])('%s is allowed', (path) => {
    expect(allowed().resolve(`${folder()}/${path}`)).toBe(join(folder(), path))
  })

  it.each([
    ['above', '.'],
    ['beside, with a name that only begins like the root’s', 'root-beside'],
    ['elsewhere', 'elsewhere/secret.txt'],
    ['reached by dots', 'root/../elsewhere/secret.txt'],
    ['that does not exist elsewhere', 'elsewhere/absent']
  ])('%s is refused, in words that do not tell whether it exists', (_, path) => {
    expect(() => allowed().resolve(`${folder()}/${path}`)).toThrow(
      expect.objectContaining({
        code: 'not-found',
        message: expect.stringContaining('is outside the folders that may be opened') as string
      })
    )
  })

  it('that leads out by a link is refused, and one that stays inside is followed', () => {
    symlinkSync(join(folder(), 'elsewhere'), join(root(), 'out'))
    symlinkSync(join(root(), 'models'), join(root(), 'in'))
    for (const path of ['out', 'out/secret.txt']) {
      expect(() => allowed().resolve(join(root(), path))).toThrow(
        expect.objectContaining({ code: 'not-found' })
      )
    }
    expect(allowed().resolve(join(root(), 'in', 'deep'))).toBe(join(root(), 'models', 'deep'))
  })

  it('under a root that is itself a link is allowed by both names', () => {
    symlinkSync(root(), join(folder(), 'link'))
    const folders = allowFolders([join(folder(), 'link')])
    expect(folders.roots).toEqual([root()])
    expect(folders.resolve(join(folder(), 'link', 'b.txt'))).toBe(join(root(), 'b.txt'))
    expect(folders.resolve(join(root(), 'b.txt'))).toBe(join(root(), 'b.txt'))
  })

  it('that is relative, or missing inside the root, is refused as such', () => {
    expect(() => allowed().resolve('models')).toThrow(expect.objectContaining({ code: 'invalid-input' }))
    expect(() => allowed().resolve(join(root(), 'absent'))).toThrow(
      expect.objectContaining({ code: 'not-found', message: expect.stringContaining('absent') as string })
    )
  })

  it('anywhere is allowed where folders are only a beginning', () => {
    expect(allowFolders([root()], false).resolve(join(folder(), 'elsewhere'))).toBe(
      join(folder(), 'elsewhere')
    )
  })
})

describe('a listing', () => {
  it('shows folders first, names as people count, sizes of files, and hidden ones only when asked', async () => {
    const listing = await allowed().list(undefined, { showHidden: false })
    expect(listing).toEqual({
      folder: root(),
      parent: null,
      isCut: false,
      entries: [
        { name: 'models', path: join(root(), 'models'), kind: 'folder', sizeBytes: null },
        { name: 'a9.txt', path: join(root(), 'a9.txt'), kind: 'file', sizeBytes: 11 },
        { name: 'a10.txt', path: join(root(), 'a10.txt'), kind: 'file', sizeBytes: 12 },
        { name: 'b.txt', path: join(root(), 'b.txt'), kind: 'file', sizeBytes: 10 }
      ]
    })
    const all = await allowed().list(root(), { showHidden: true })
    expect(all.entries.map(({ name }) => name)).toContain('.hidden')
  })

  it('leads up to the root and no further', async () => {
    const deep = await allowed().list(join(root(), 'models', 'deep'), { showHidden: false })
    expect(deep.parent).toBe(join(root(), 'models'))
    expect((await allowed().list(deep.parent!, { showHidden: false })).parent).toBe(root())
    await expect(allowed().list(folder(), { showHidden: false })).rejects.toMatchObject({ code: 'not-found' })
  })

  it('leaves out links that lead nowhere, and says that it is no folder', async () => {
    symlinkSync(join(root(), 'absent'), join(root(), 'models', 'broken'))
    const { entries } = await allowed().list(join(root(), 'models'), { showHidden: false })
    expect(entries.map(({ name }) => name)).toEqual(['deep'])
    await expect(allowed().list(join(root(), 'b.txt'), { showHidden: false })).rejects.toMatchObject({
      code: 'not-found'
    })
  })
})
