import { chmodSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { describe, expect, it } from 'vitest'
import { useTemporaryFolder } from '../../tests/helpers/temporary-folder'
import { keptToken } from './kept-token'

const folder = useTemporaryFolder()
const file = () => join(folder(), 'web-token')
const token = (port = 4173, isRenewed = false) => keptToken({ workspaceFolder: folder(), port, isRenewed })

describe('the token of the web host', () => {
  it('has 256 bits, stays the same on its port, and leaves one file behind', () => {
    const first = token()
    expect(first).toMatch(/^[\w-]{43}$/)
    expect(token()).toBe(first)
    expect(readdirSync(folder())).toEqual(['web-token'])
  })

  it('is another one on another port, and then on the first one too', () => {
    const first = token()
    const other = token(4174)
    expect(other).not.toBe(first)
    expect([first, other]).not.toContain(token())
  })

  it('is another one when that is asked for, and the old one does not come back', () => {
    const first = token()
    const second = token(4173, true)
    expect(second).not.toBe(first)
    expect(token()).toBe(second)
  })

  it.each([
    ['empty', ''],
    ['cut off', '4173 AAAA\n'],
    ['of other content', 'A'.repeat(10_000)],
    ['more than a token', `4173 ${'A'.repeat(43)}\n4173 ${'B'.repeat(43)}\n`]
  ])('is another one when the file is %s', (_, text) => {
    writeFileSync(file(), text, { mode: 0o600 })
    expect(token()).not.toContain('AAAA')
    expect(readFileSync(file(), 'utf8')).toBe(`4173 ${token()}\n`)
  })
})

describe.skipIf(process.platform === 'win32')('permissions (there are none of this kind on Windows)', () => {
  it('let only the owner read the token', () => {
    token()
    expect(statSync(file()).mode & 0o777).toBe(0o600)
  })

  it.each([0o640, 0o604, 0o620, 0o602])(
    'that were wider (%o) make it no secret: a new one is made',
    (mode) => {
      const first = token()
      chmodSync(file(), mode)
      expect(token()).not.toBe(first)
      expect(statSync(file()).mode & 0o777).toBe(0o600)
    }
  )

  it('are not asked of what a link leads to: it is replaced, and what it led to stays', () => {
    const elsewhere = join(folder(), 'elsewhere')
    const planted = `4173 ${'A'.repeat(43)}\n`
    writeFileSync(elsewhere, planted, { mode: 0o600 })
    rmSync(file(), { force: true })
    symlinkSync(elsewhere, file())
    expect(token()).not.toBe('A'.repeat(43))
    expect([readFileSync(elsewhere, 'utf8'), statSync(file()).isFile()]).toEqual([planted, true])
  })
})
