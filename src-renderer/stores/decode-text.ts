/**
 * The text of a file, without a byte order mark: UTF-8, or UTF-16 when it begins with that mark, as what Windows
 * PowerShell redirects into a file does. Undefined when the bytes are no such text.
 */
export function decodeText(bytes: Uint8Array<ArrayBuffer>): string | undefined {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe
  try {
    return new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}
