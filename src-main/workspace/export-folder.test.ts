import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { WorkbenchError } from '@contract/errors'
import { useTemporaryFolder } from '../../tests/helpers/temporary-folder'
import { writeFolder } from './export-folder'

const temporary = useTemporaryFolder()

/** Writes `model.onnx` of 5 bytes and `weights/data` of 2. */
async function fill(folder: string): Promise<void> {
  mkdirSync(join(folder, 'weights'))
  writeFileSync(join(folder, 'weights', 'data'), 'ab')
  writeFileSync(join(folder, 'model.onnx'), 'model')
}

describe('writeFolder', () => {
  it('writes a folder and lists its files, those in folders inside included', async () => {
    const folder = join(temporary(), 'new', 'export')
    expect(await writeFolder(folder, fill)).toEqual([
      { name: 'model.onnx', sizeBytes: 5 },
      { name: 'weights/data', sizeBytes: 2 }
    ])
    expect(readFileSync(join(folder, 'model.onnx'), 'utf8')).toBe('model')
    expect(readdirSync(dirname(folder))).toEqual(['export'])
  })

  it('fills a folder beside it, so that nothing appears before all is there', async () => {
    const folder = join(temporary(), 'export')
    await writeFolder(folder, async (aside) => {
      await fill(aside)
      expect([dirname(aside), basename(aside).startsWith('.export.')]).toEqual([temporary(), true])
      expect(existsSync(folder)).toBe(false)
    })
    expect(existsSync(folder)).toBe(true)
  })

  it('fills an empty folder that is there already', async () => {
    const folder = join(temporary(), 'export')
    mkdirSync(folder)
    expect(await writeFolder(`${folder}/`, fill)).toHaveLength(2)
    expect(readdirSync(temporary())).toEqual(['export'])
  })

  it('refuses a folder that holds files, and a file', async () => {
    const [folder, file] = [join(temporary(), 'folder'), join(temporary(), 'file')]
    mkdirSync(folder)
    writeFileSync(join(folder, 'mine'), 'mine')
    writeFileSync(file, 'mine')
    for (const path of [folder, file]) {
      let filled = false
      const written = writeFolder(path, async () => {
        filled = true
      })
      await expect(written).rejects.toMatchObject({
        code: 'conflict',
        message: `'${path}' is there already and not empty; choose another folder.`
      })
      expect(filled).toBe(false)
    }
    expect(readdirSync(temporary()).sort()).toEqual(['file', 'folder'])
  })

  it('does not overwrite what appeared in the folder meanwhile', async () => {
    const folder = join(temporary(), 'export')
    mkdirSync(folder)
    const written = writeFolder(folder, async (aside) => {
      await fill(aside)
      writeFileSync(join(folder, 'mine'), 'mine')
    })
    await expect(written).rejects.toBeInstanceOf(WorkbenchError)
    expect(readFileSync(join(folder, 'mine'), 'utf8')).toBe('mine')
    expect(readdirSync(temporary())).toEqual(['export'])
  })

  it('leaves nothing behind when filling fails, and passes a coded error on', async () => {
    const failure = new WorkbenchError('numerical', 'It broke.')
    for (const thrown of [failure, new TypeError('bug')]) {
      const written = writeFolder(join(temporary(), 'export'), async (aside) => {
        await fill(aside)
        throw thrown
      })
      await expect(written).rejects.toMatchObject(thrown === failure ? { code: 'numerical' } : { code: 'io' })
    }
    expect(readdirSync(temporary())).toEqual([])
  })

  it('says that a part of the path is a file', async () => {
    writeFileSync(join(temporary(), 'file'), '')
    await expect(writeFolder(join(temporary(), 'file', 'export'), fill)).rejects.toMatchObject({
      code: 'not-found'
    })
  })
})
