/** Whether the ASCII `text` stands at `offset`, as the magic words of file formats do; false past the end. */
export function hasText(bytes: Uint8Array, offset: number, text: string): boolean {
  return [...text].every((character, index) => bytes[offset + index] === character.charCodeAt(0))
}
