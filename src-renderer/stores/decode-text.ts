import { WorkbenchError } from '@contract/errors'

/**
 * The text of a file, without a byte order mark: UTF-8, or UTF-16 when it begins with that mark, as what Windows
 * PowerShell redirects into a file does.
 *
 * @throws WorkbenchError `invalid-input` when the bytes are no such text.
 */
export function decodeText(bytes: Uint8Array<ArrayBuffer>, fileName: string): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe
  try {
    return new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8', { fatal: true }).decode(bytes)
  } catch (thrown) {
    throw new WorkbenchError(
      'invalid-input',
      `'${fileName}' is not a text file: expected the results.json that \`lathe study run --output\` or \`npm run demo\` writes.`,
      { cause: thrown }
    )
  }
}
