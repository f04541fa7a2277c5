import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { useTemporaryFolder } from '../../tests/helpers/temporary-folder'
import { exportTier, folderName } from './export-tier'
import { cardFileName } from './report/export-documents'
import type { ExportRequest } from './requests'

const folder = useTemporaryFolder()

describe('the name of an exported folder', () => {
  it.each([
    ['first lesson whitened-svd 50% int8', 'first-lesson-whitened-svd-50-int8'],
    ['../../etc/passwd', 'etc-passwd'],
    ['a\\b:c*d?', 'a-b-c-d'],
    ['音声 小', '音声-小'],
    ['..', 'model'],
    ['x'.repeat(500), 'x'.repeat(120)]
  ])('of %j is %j', (name, expected) => {
    expect(folderName(name)).toBe(expected)
  })
})

describe('exporting a tier', () => {
  it('writes it into a folder of its own and hands back its card', async () => {
    const asked: ExportRequest[] = []
    const exported = await exportTier(
      async (request) => {
        asked.push(request)
        mkdirSync(request.outputFolder)
        writeFileSync(join(request.outputFolder, cardFileName), '# tier\n')
        return {
          folder: request.outputFolder,
          files: [{ name: cardFileName, sizeBytes: 7 }],
          maxAbsoluteError: 0
        }
      },
      { workspaceFolder: '/workspace', study: 's', trial: 't 50%', folder: folder(), name: 'lesson t 50%' }
    )
    const outputFolder = join(folder(), 'lesson-t-50')
    expect(asked).toEqual([{ workspaceFolder: '/workspace', study: 's', trial: 't 50%', outputFolder }])
    expect(exported).toEqual({
      folder: outputFolder,
      files: [{ name: cardFileName, sizeBytes: 7 }],
      maxAbsoluteError: 0,
      card: '# tier\n'
    })
  })

  it('leaves an earlier export alone', async () => {
    mkdirSync(join(folder(), 'tier'))
    mkdirSync(join(folder(), 'tier-2'))
    const { folder: written } = await exportTier(
      async ({ outputFolder }) => {
        mkdirSync(outputFolder)
        writeFileSync(join(outputFolder, cardFileName), '')
        return { folder: outputFolder, files: [], maxAbsoluteError: 0 }
      },
      { workspaceFolder: '/workspace', study: 's', trial: 't', folder: folder(), name: 'tier' }
    )
    expect(written).toBe(join(folder(), 'tier-3'))
  })
})
