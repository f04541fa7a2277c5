import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { useTemporaryFolder } from '../../tests/helpers/temporary-folder'
import { readRendererFile } from './renderer-files'

const folder = useTemporaryFolder()
const rendererFolder = () => join(folder(), 'renderer')
const textOf = async (urlPath: string) => {
  const { bytes, mediaType } = await readRendererFile(rendererFolder(), urlPath)
  return [new TextDecoder().decode(bytes), mediaType]
}

beforeEach(() => {
  mkdirSync(join(rendererFolder(), 'assets'), { recursive: true })
  writeFileSync(join(rendererFolder(), 'index.html'), 'page')
  writeFileSync(join(rendererFolder(), 'assets', 'index-a_B-1.js'), 'script')
  writeFileSync(join(rendererFolder(), 'assets', '.hidden.js'), 'hidden')
  writeFileSync(join(rendererFolder(), 'notes.txt'), 'notes')
  // What a way out of the folder would find.
  writeFileSync(join(folder(), 'secret.js'), 'secret')
})

describe('a file of the page', () => {
  it.each([
    ['/', 'page', 'text/html; charset=utf-8'],
    ['/index.html', 'page', 'text/html; charset=utf-8'],
    ['/assets/index-a_B-1.js', 'script', 'text/javascript; charset=utf-8']
  ])('%s is read with its media type', async (urlPath, text, mediaType) => {
    expect(await textOf(urlPath)).toEqual([text, mediaType])
  })
})

describe('anything else is not found', () => {
  it.each([
    ['a file that is not there', '/absent.js'],
    ['a kind of file that the build does not write', '/notes.txt'],
    ['a folder', '/assets'],
    ['a hidden file', '/assets/.hidden.js'],
    ['the folder above', '/../secret.js'],
    ['the folder above, from a folder within', '/assets/../../secret.js'],
    ['an encoded folder above', '/%2e%2e/secret.js'],
    ['an encoded slash', '/..%2fsecret.js'],
    ['an encoded slash after a name', '/assets%2f..%2f..%2fsecret.js'],
    ['twice encoded dots', '/%252e%252e/secret.js'],
    ['a backslash', '/..\\secret.js'],
    ['an encoded backslash', '/..%5csecret.js'],
    ['an absolute path', '//etc/hosts.js'],
    ['a drive', '/C:/secret.js'],
    ['an alternate stream', '/index.html::$DATA'],
    ['a null character', '/index.html\0.js'],
    ['no path', ''],
    ['a path without a slash', 'index.html']
  ])('%s', async (_, urlPath) => {
    await expect(readRendererFile(rendererFolder(), urlPath)).rejects.toMatchObject({ code: 'not-found' })
  })

  it('even where the path without the check leads to a file', async () => {
    writeFileSync(join(folder(), 'renderer', '%2e.js'), 'encoded')
    await expect(readRendererFile(rendererFolder(), '/%2e.js')).rejects.toMatchObject({ code: 'not-found' })
  })
})
