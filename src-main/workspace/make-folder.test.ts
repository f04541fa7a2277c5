import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { useTemporaryFolder } from '../../tests/helpers/temporary-folder'
import { makeFolder } from './make-folder'

const folder = useTemporaryFolder()

describe('makeFolder', () => {
  it('makes every folder of a path, and leaves alone what is there', () => {
    const path = join(folder(), 'a', 'b', 'c')
    makeFolder(path)
    makeFolder(path)
    expect(statSync(path).isDirectory()).toBe(true)
  })

  it('names the folder that could not be made, and why', () => {
    mkdirSync(join(folder(), 'a'))
    writeFileSync(join(folder(), 'a', 'file'), '')
    expect(() => makeFolder(join(folder(), 'a', 'file', 'b', 'c'))).toThrow(
      expect.objectContaining({
        code: 'not-found',
        message: `Could not make the folder '${join(folder(), 'a', 'file', 'b')}': a part of its path is a file, expected a folder; check the path.`
      })
    )
  })
})
