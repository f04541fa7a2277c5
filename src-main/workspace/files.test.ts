import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { WorkbenchError } from '@contract/errors'
import { useTemporaryFolder } from '../../tests/helpers/temporary-folder'
import { fileFailure } from './file-failure'
import {
  copyFile,
  identifyFile,
  readChunks,
  readFile,
  readFileIfPresent,
  readTextFile,
  sha256Bytes,
  sha256File,
  sha256Text,
  writeFile
} from './files'

const folder = useTemporaryFolder()
const inFolder = (...names: string[]) => join(folder(), ...names)

// FIPS 180-2, appendix B.1, and the digest of no bytes.
const abcDigest = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
const emptyDigest = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

describe('reading', () => {
  it('gives a plain Uint8Array, whose slice copies', async () => {
    writeFileSync(inFolder('a.bin'), 'abc')
    const bytes = await readFile(inFolder('a.bin'))
    expect(Object.getPrototypeOf(bytes)).toBe(Uint8Array.prototype)
    expect(bytes).toEqual(new Uint8Array([97, 98, 99]))
  })

  it('says which file is missing', async () => {
    const path = inFolder('gone.json')
    await expect(readTextFile(path)).rejects.toMatchObject({
      code: 'not-found',
      message: `Could not read '${path}': it does not exist; check the path.`,
      details: { path, systemCode: 'ENOENT' }
    })
  })

  it('says that a folder is not a file', async () => {
    await expect(readFile(folder())).rejects.toMatchObject({
      code: 'io',
      message: `Could not read '${folder()}': it is a folder, expected a file.`
    })
  })

  it.skipIf(process.getuid?.() === 0)(
    'says that access is denied (skipped for root, who may read everything)',
    async () => {
      writeFileSync(inFolder('a'), '')
      chmodSync(inFolder('a'), 0)
      await expect(readFile(inFolder('a'))).rejects.toMatchObject({
        code: 'io',
        details: { systemCode: 'EACCES' }
      })
    }
  )

  it('reads UTF-8 without its byte order mark and refuses other encodings', async () => {
    writeFileSync(inFolder('a.txt'), '\u{feff}Grüße')
    expect(await readTextFile(inFolder('a.txt'))).toBe('Grüße')
    writeFileSync(inFolder('a.txt'), Buffer.from('Grüße', 'latin1'))
    await expect(readTextFile(inFolder('a.txt'))).rejects.toMatchObject({ code: 'invalid-input' })
  })

  it('reads a large file in pieces that together are the file', async () => {
    const bytes = new Uint8Array(2_500_000).map((_, index) => index % 251)
    writeFileSync(inFolder('large'), bytes)
    const pieces: Uint8Array[] = []
    for await (const piece of readChunks(inFolder('large'))) pieces.push(piece.slice())
    expect(pieces.map((piece) => piece.byteLength)).toEqual([1_048_576, 1_048_576, 402_848])
    expect(Buffer.concat(pieces).equals(bytes)).toBe(true)
  })

  it('reads an optional file, and only its absence is no failure', () => {
    expect(readFileIfPresent(inFolder('gone'))).toBeUndefined()
    writeFileSync(inFolder('there'), 'x')
    expect(readFileIfPresent(inFolder('there'))).toBe('x')
    expect(() => readFileIfPresent(folder())).toThrow(WorkbenchError)
  })
})

describe('writing', () => {
  it('makes the folders above, replaces what was there, and leaves nothing else', async () => {
    const path = inFolder('new', 'deep', 'a.bin')
    expect(await writeFile(path, new Uint8Array([1]))).toEqual({
      sizeBytes: 1,
      sha256: sha256Bytes(new Uint8Array([1]))
    })
    await writeFile(path, [new Uint8Array([97]), new Uint8Array([98, 99])])
    expect(readFileSync(path, 'utf8')).toBe('abc')
    expect(readdirSync(inFolder('new', 'deep'))).toEqual(['a.bin'])
  })

  it('writes chunks as they come and returns their digest', async () => {
    async function* chunks() {
      yield Buffer.from('a')
      yield Buffer.from('bc')
    }
    expect(await writeFile(inFolder('abc'), chunks())).toEqual({ sizeBytes: 3, sha256: abcDigest })
    expect(readFileSync(inFolder('abc'), 'utf8')).toBe('abc')
  })

  it('keeps the old file, and no rest of the new one, when the chunks end in an error', async () => {
    writeFileSync(inFolder('a'), 'old')
    async function* chunks() {
      yield Buffer.from('half')
      throw new WorkbenchError('cancelled', 'The job was cancelled.')
    }
    await expect(writeFile(inFolder('a'), chunks())).rejects.toMatchObject({ code: 'cancelled' })
    expect(readFileSync(inFolder('a'), 'utf8')).toBe('old')
    expect(readdirSync(folder())).toEqual(['a'])
  })

  it('shows no file under its name before the last chunk is written', async () => {
    const seen: boolean[] = []
    async function* chunks() {
      yield Buffer.from('half')
      seen.push(existsSync(inFolder('a')))
      yield Buffer.from('whole')
    }
    await writeFile(inFolder('a'), chunks())
    expect(seen).toEqual([false])
  })

  it('names the file that it could not write', async () => {
    mkdirSync(inFolder('a', 'b'), { recursive: true })
    const path = inFolder('a')
    await expect(writeFile(path, new Uint8Array(1))).rejects.toMatchObject({
      code: 'io',
      details: { path }
    })
    expect(readdirSync(folder())).toEqual(['a'])
  })

  it('copies a file, and blames the source when that is missing', async () => {
    writeFileSync(inFolder('from'), 'abc')
    expect(await copyFile(inFolder('from'), inFolder('to'))).toEqual({ sizeBytes: 3, sha256: abcDigest })
    expect(readFileSync(inFolder('to'), 'utf8')).toBe('abc')
    await expect(copyFile(inFolder('gone'), inFolder('other'))).rejects.toMatchObject({
      code: 'not-found',
      details: { path: inFolder('gone') }
    })
    expect(readdirSync(folder()).sort()).toEqual(['from', 'to'])
  })
})

describe('SHA-256', () => {
  it('agrees with the published digests', async () => {
    expect(sha256Text('abc')).toBe(abcDigest)
    expect(sha256Bytes(new Uint8Array(0))).toBe(emptyDigest)
    writeFileSync(inFolder('abc'), 'abc')
    expect(await sha256File(inFolder('abc'))).toBe(abcDigest)
    expect(await identifyFile(inFolder('abc'))).toEqual({ sizeBytes: 3, sha256: abcDigest })
  })
})

describe('fileFailure', () => {
  const systemError = (code: string) => Object.assign(new Error('raw words'), { code })

  it.each([
    ['ENOSPC', 'io', "Could not write '/x': the disk is full; free some space and try again."],
    ['EACCES', 'io', "Could not write '/x': access is denied; check who owns it and its permissions."],
    ['EROFS', 'io', "Could not write '/x': the file system is read-only; choose another folder."],
    [
      'ENOTDIR',
      'not-found',
      "Could not write '/x': a part of its path is a file, expected a folder; check the path."
    ],
    ['EXYZ', 'io', 'Could not write \'/x\': the system reports "raw words".']
  ])('turns %s into the code %s and a sentence', (systemCode, code, message) => {
    expect(fileFailure(systemError(systemCode), 'write', '/x')).toMatchObject({ code, message })
  })

  it('lets a coded error through', () => {
    const coded = new WorkbenchError('cancelled', 'The job was cancelled.')
    expect(fileFailure(coded, 'write', '/x')).toBe(coded)
  })
})
