/** Makes a failing case small enough to read and to keep. */
import { isMessage, readWireTree, writeWireTree, type WireMessage } from './wire-tree'

/** Files that shrinking starts from; larger ones are recipes for a test of their own. */
const largestBytes = 200_000

/**
 * The smallest file found for which `fails` still holds: fields of the tree are left out, in halves and then one by one,
 * and then bytes at the end. The file itself when it is too large or no tree.
 */
export async function shrinkModel(
  bytes: Uint8Array,
  fails: (bytes: Uint8Array) => Promise<boolean>
): Promise<Uint8Array> {
  if (bytes.byteLength > largestBytes) return bytes
  let root: WireMessage
  try {
    root = readWireTree(bytes)
  } catch {
    // A file with a lying length is no tree; it stays as long as it is.
    return bytes
  }
  if (!(await fails(writeWireTree(root)))) return bytes
  await shrinkMessage(root, async () => fails(writeWireTree(root)))
  return writeWireTree(root)
}

async function shrinkMessage(message: WireMessage, stillFails: () => Promise<boolean>): Promise<void> {
  for (let size = message.fields.length; size >= 1; size = Math.floor(size / 2)) {
    for (let begin = 0; begin < message.fields.length;) {
      const all = message.fields
      message.fields = [...all.slice(0, begin), ...all.slice(begin + size)]
      if (await stillFails()) continue
      message.fields = all
      begin += size
    }
  }
  for (const { value } of message.fields) if (isMessage(value)) await shrinkMessage(value, stillFails)
}
