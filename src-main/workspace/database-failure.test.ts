import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { useTemporaryFolder } from '../../tests/helpers/temporary-folder'
import { openDatabase } from './database'

const folder = useTemporaryFolder()
const disk = () => join(folder(), 'disk')
const mount = (...args: string[]) => spawnSync('mount', args).status === 0

function canMount(): boolean {
  mkdirSync(disk(), { recursive: true })
  return mount('-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk())
}

afterEach(() => {
  // Lazily: SQLite still has the file open.
  spawnSync('umount', ['-l', disk()])
})

describe('a database that cannot be opened', () => {
  it('because it is nowhere says so', () => {
    expect(() => openDatabase(join(folder(), 'nowhere', 'x.sqlite'))).toThrow(
      expect.objectContaining({ code: 'io', message: expect.stringContaining('cannot be opened') as string })
    )
  })

  it('because its log has no place on a read-only disk says so (ends early where mounting is not allowed)', ({
    skip
  }) => {
    skip(!canMount(), 'mounting a disk is not allowed')
    const path = join(disk(), 'x.sqlite')
    const made = openDatabase(path)
    made.execute('PRAGMA journal_mode = WAL; CREATE TABLE t (x)')
    made.close()
    expect(mount('-o', 'remount,ro', disk())).toBe(true)
    const use = () => openDatabase(path).rows('SELECT x FROM t')
    expect(use).toThrow(
      expect.objectContaining({
        code: 'io',
        message: `Could not use the records '${path}': the file system is read-only; choose another folder.`
      })
    )
  })
})
