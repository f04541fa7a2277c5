import type { ModelFolder } from './model-folder'

/** Files that a copy of the model needs, or by its licence must keep. */
const sidecarNames = [
  'lathe-model.json',
  'config.json',
  'preprocessor_config.json',
  'vocab.json',
  'added_tokens.json',
  'special_tokens_map.json',
  'tokenizer_config.json',
  'tokenizer.json',
  'tokens.txt',
  'vocab.txt',
  'units.txt',
  'bpe.model',
  'labels.txt',
  'LICENSE',
  'LICENSE.md',
  'LICENSE.txt',
  'NOTICE'
] as const

/** The usual files that the folder has, and those that its description names. */
export function findSidecars(folder: ModelFolder, named: readonly string[] = []): string[] {
  return [...new Set([...sidecarNames.filter((fileName) => folder.has(fileName)), ...named])]
}
