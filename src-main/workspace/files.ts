/**
 * Reading and writing files with coded errors. What is written appears under its name complete or not at all:
 * it is written aside, forced to the disk, and renamed.
 */
import { createHash, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { open, readFile as readNodeFile, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { platform } from 'node:process'
import { WorkbenchError } from '@contract/errors'
import { fileFailure, systemCodeOf } from './file-failure'
import { makeFolder } from './make-folder'

/** What a file is written from: its bytes, or pieces of them in order when the whole need not be in memory. */
export type FileContent = Uint8Array | AsyncIterable<Uint8Array> | Iterable<Uint8Array>

/** What identifies the content of a file. */
export interface FileIdentity {
  readonly sizeBytes: number
  /** 64 lower-case hexadecimal digits. */
  readonly sha256: string
}

const chunkBytes = 1 << 20

/**
 * The bytes of a whole file.
 *
 * A plain Uint8Array, not a Buffer: `Buffer.slice` shares memory where the rest of Lathe relies on a copy.
 *
 * @throws WorkbenchError `not-found` when there is no such file, `io` when it cannot be read.
 */
export async function readFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const buffer = await readNodeFile(path)
    return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
  } catch (thrown) {
    throw fileFailure(thrown, 'read', path)
  }
}

/**
 * The text of a UTF-8 file, without a byte order mark.
 *
 * @throws WorkbenchError as `readFile`; `invalid-input` when the bytes are not UTF-8.
 */
export async function readTextFile(path: string): Promise<string> {
  const bytes = await readFile(path)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (thrown) {
    throw new WorkbenchError(
      'invalid-input',
      `'${path}' is not a text file in UTF-8: save it in that encoding and try again.`,
      { details: { path }, cause: thrown }
    )
  }
}

/**
 * The text of a small file, read at once, or undefined when there is none; for what the system tells about itself in
 * files that exist on some platforms only.
 *
 * @throws WorkbenchError `io` when it is there but cannot be read.
 */
export function readFileIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (thrown) {
    const failure = fileFailure(thrown, 'read', path)
    if (failure.code === 'not-found') return undefined
    throw failure
  }
}

/**
 * A file's bytes in pieces of at most 1 MiB, each valid until the next one is asked for: they share their memory, so that
 * gigabytes pass without leaving garbage. Errors as `readFile`.
 */
export async function* readChunks(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    await using handle = await open(path, 'r')
    const chunk = new Uint8Array(chunkBytes)
    for (;;) {
      const { bytesRead } = await handle.read(chunk, 0, chunkBytes)
      if (bytesRead === 0) return
      yield chunk.subarray(0, bytesRead)
    }
  } catch (thrown) {
    throw fileFailure(thrown, 'read', path)
  }
}

/**
 * Writes a file and all folders above it. A process killed on the way leaves `path` as it was, and beside it (or in
 * `temporaryFolder`, which must be on the same file system) a file that ends in `.partial`.
 *
 * @throws WorkbenchError `io` when it cannot be written; what the source of the chunks throws, if it has a code.
 */
export async function writeFile(
  path: string,
  content: FileContent,
  temporaryFolder = dirname(path)
): Promise<FileIdentity> {
  const temporaryPath = join(temporaryFolder, `.${basename(path)}.${randomUUID()}.partial`)
  try {
    makeFolder(dirname(path))
    const written = await writeNewFile(temporaryPath, content)
    await rename(temporaryPath, path)
    await syncFolder(dirname(path))
    return written
  } catch (thrown) {
    await removeQuietly(temporaryPath)
    throw fileFailure(thrown, 'write', path)
  }
}

/**
 * Writes a file that must not exist yet, and the folders above it, directly under its name; returns when the disk
 * has it. For a folder that is itself written aside; otherwise use `writeFile`.
 */
export async function writeNewFile(path: string, content: FileContent): Promise<FileIdentity> {
  const hash = createHash('sha256')
  let sizeBytes = 0
  try {
    makeFolder(dirname(path))
    await using handle = await open(path, 'wx')
    for await (const chunk of content instanceof Uint8Array ? [content] : content) {
      hash.update(chunk)
      await handle.writeFile(chunk)
      sizeBytes += chunk.byteLength
    }
    await handle.sync()
  } catch (thrown) {
    throw fileFailure(thrown, 'write', path)
  }
  return { sizeBytes, sha256: hash.digest('hex') }
}

/**
 * Returns when the disk has the names in `folder`: after a power cut, a file that was forced to the disk is still lost
 * where its name was not. Nothing on Windows, which has no way to ask and writes names in order.
 *
 * @throws WorkbenchError `io` when the disk reports an error.
 */
export async function syncFolder(folder: string): Promise<void> {
  if (platform === 'win32') return
  try {
    await using handle = await open(folder, 'r')
    await handle.sync()
  } catch (thrown) {
    // Some file systems, such as those of network shares, cannot sync a folder.
    if (!['EINVAL', 'ENOTSUP', 'EPERM', 'EISDIR'].includes(systemCodeOf(thrown) ?? '')) {
      throw fileFailure(thrown, 'write', folder)
    }
  }
}

/** Copies a file under a new name, complete or not at all. Errors name the file that is at fault. */
export async function copyFile(from: string, to: string): Promise<FileIdentity> {
  return writeFile(to, readChunks(from))
}

/** Removes a file or a whole folder that may be absent. A failure is dropped: only what is worthless goes this way. */
export async function removeQuietly(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true })
  } catch {
    // It stays as rubbish, in a place that is cleaned when the workspace is next opened.
  }
}

/** Size and SHA-256 of a file, read in pieces; errors as `readFile`. */
export async function identifyFile(path: string): Promise<FileIdentity> {
  const hash = createHash('sha256')
  let sizeBytes = 0
  for await (const chunk of readChunks(path)) {
    hash.update(chunk)
    sizeBytes += chunk.byteLength
  }
  return { sizeBytes, sha256: hash.digest('hex') }
}

/** SHA-256 of a file, as `sha256Bytes` of all its bytes; errors as `readFile`. */
export async function sha256File(path: string): Promise<string> {
  return (await identifyFile(path)).sha256
}

/** SHA-256 as 64 lower-case hexadecimal digits. */
export function sha256Bytes(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** SHA-256 of the UTF-8 bytes of a text. */
export function sha256Text(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex')
}
