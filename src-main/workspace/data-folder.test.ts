import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { useTemporaryFolder } from '../../tests/helpers/temporary-folder'
import type { DatasetSource } from '../speech/datasets/data-folder'
import { openDatasetFiles, type DatasetFiles } from './data-folder'

const temporary = useTemporaryFolder()

describe('openDatasetFiles', () => {
  it('is what the speech room reads data sets through', () => {
    expectTypeOf<DatasetFiles>().toExtend<DatasetSource>()
  })

  it('takes a folder as itself and a file as a file in its folder', () => {
    writeFileSync(join(temporary(), 'eval.jsonl'), '')
    expect(openDatasetFiles(temporary())).toMatchObject({ folder: { path: temporary() } })
    expect(openDatasetFiles(temporary()).file).toBeUndefined()
    expect(openDatasetFiles(join(temporary(), 'eval.jsonl'))).toMatchObject({
      folder: { path: temporary() },
      file: 'eval.jsonl'
    })
  })

  it('lists files, folders and links as what they lead to, and reads text', async () => {
    mkdirSync(join(temporary(), 'clips'))
    writeFileSync(join(temporary(), 'text'), 'a one')
    symlinkSync(join(temporary(), 'clips'), join(temporary(), 'linked'))
    const { folder } = openDatasetFiles(temporary())
    expect((await folder.list('')).sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
      { name: 'clips', kind: 'folder' },
      { name: 'linked', kind: 'folder' },
      { name: 'text', kind: 'file' }
    ])
    expect(await folder.readText('text')).toBe('a one')
    expect([await folder.has('text'), await folder.has('clips'), await folder.has('none')]).toEqual([
      true,
      false,
      false
    ])
  })

  it('names what is not there', async () => {
    expect(() => openDatasetFiles(join(temporary(), 'none'))).toThrow(
      expect.objectContaining({ code: 'not-found' })
    )
    await expect(openDatasetFiles(temporary()).folder.list('none')).rejects.toMatchObject({
      code: 'not-found'
    })
  })
})
