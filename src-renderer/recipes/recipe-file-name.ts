/** The name of the file that a recipe is saved as: its own name in small letters and dashes, or `fallback` when none is left. */
export function recipeFileName(name: string | undefined, fallback: string): string {
  const plain = (name ?? '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/g, '')
  return `${plain === '' ? fallback : plain}.json`
}
