import { join } from 'node:path'
import { WorkbenchError } from '@contract/errors'
import { readFile, removeQuietly, sha256Bytes, writeFile } from './files'

/**
 * What can be computed again, kept to save the time. Entries are immutable in meaning: a key names everything that
 * the bytes depend on. Whoever removes the folder loses nothing but time.
 */
export interface Cache {
  /** The entry, or undefined when there is none. A damaged entry is removed and counts as none. */
  read(kind: string, key: string): Promise<Uint8Array<ArrayBuffer> | undefined>
  /** Stores an entry, complete or not at all, in place of one with the same key. */
  write(kind: string, key: string, bytes: Uint8Array): Promise<void>
}

/** An entry begins with the SHA-256 of the rest in hexadecimal: 64 bytes, so that what follows stays aligned to 8. */
const checksumBytes = 64

/** The cache in `folder`; entries in the making are in `temporaryFolder`, on the same file system. */
export function openCache(folder: string, temporaryFolder: string): Cache {
  return {
    async read(kind, key) {
      const path = entryPath(folder, kind, key)
      const stored = await readIfPresent(path)
      if (stored === undefined) return undefined
      const bytes = stored.subarray(checksumBytes)
      const checksum = new TextDecoder('latin1').decode(stored.subarray(0, checksumBytes))
      if (checksum === sha256Bytes(bytes)) return bytes
      await removeQuietly(path)
      return undefined
    },
    async write(kind, key, bytes) {
      const checksum = new TextEncoder().encode(sha256Bytes(bytes))
      await writeFile(entryPath(folder, kind, key), [checksum, bytes], temporaryFolder)
    }
  }
}

async function readIfPresent(path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return await readFile(path)
  } catch (thrown) {
    if (thrown instanceof WorkbenchError && thrown.code === 'not-found') return undefined
    throw thrown
  }
}

/** cache/kind/key.bin. Both words become file names, so both are held to what every file system takes. */
function entryPath(folder: string, kind: string, key: string): string {
  for (const word of [kind, key]) {
    if (!/^[a-z0-9][a-z0-9._-]{0,127}$/.test(word)) {
      throw new WorkbenchError(
        'internal',
        `'${word}' cannot name a cache entry: expected 1 to 128 of a-z, 0-9, '.', '_' and '-'.`
      )
    }
  }
  return join(folder, kind, `${key}.bin`)
}
