/**
 * The vocabulary of a CTC model as sherpa-onnx, icefall, WeNet and NeMo exports keep it: a text file with a line
 * `<symbol> <id>` per class. Pieces of words carry SentencePiece's mark `▁` where a word begins.
 */
import { WorkbenchError } from '@contract/errors'
import type { CtcVocabulary } from './ctc-vocabulary'

/** The names that a tokens file may have, the first one present is used. */
export const tokensFileNames = ['tokens.txt', 'vocab.txt', 'units.txt'] as const

/** SentencePiece's mark of the beginning of a word, U+2581. */
export const sentencePieceMarker = '▁'

/** Symbols of the CTC blank, in the order in which sherpa-onnx looks for them. */
const blankSymbols = ['<blk>', '<eps>', '<blank>'] as const
/** Symbols of a space in character vocabularies. */
const spaceSymbols: ReadonlySet<string> = new Set(['<space>', '<SPACE>'])
const specialSymbols: ReadonlySet<string> = new Set([
  ...blankSymbols,
  '<pad>',
  '<s>',
  '</s>',
  '<sos>',
  '<eos>',
  '<sos/eos>',
  '<unk>',
  '<UNK>'
])

export interface TokensFileSource {
  readonly text: string
  /** For messages, at the head of a sentence: `tokens.txt of 'conformer'`. */
  readonly where: string
  /** Width of the logits; as many as the file has lines when the graph does not say. */
  readonly classes: number | undefined
  /** Overrides what the symbols say. */
  readonly blankId?: number | undefined
}

/**
 * Reads the vocabulary and checks that it names every class of the logits exactly once.
 *
 * @throws WorkbenchError `unsupported-model` for a line without an id, an id twice, missing or beyond the logits, or when
 *   no symbol is known as the blank.
 */
export function parseTokensFile({ text, where, classes, blankId }: TokensFileSource): CtcVocabulary {
  const symbols = readSymbols(text, where)
  const count = classes ?? symbols.size
  const tokens: string[] = []
  // Not an array of `count` at once: a graph may claim a width that nobody has the memory for.
  for (let id = 0; id < count; id++) {
    const symbol = symbols.get(id)
    if (symbol === undefined) {
      throw new WorkbenchError(
        'unsupported-model',
        `${where} has ${symbols.size} symbols and none for class ${id}, expected one for each of ${count} classes of the logits.`
      )
    }
    tokens.push(symbol)
  }
  if (symbols.size !== count) {
    throw new WorkbenchError(
      'unsupported-model',
      `${where} has ${symbols.size} symbols, expected one for each of ${count} classes of the logits.`
    )
  }
  const blank = blankId ?? findBlank(tokens)
  if (blank === undefined || blank >= count) {
    throw new WorkbenchError(
      'unsupported-model',
      `${where} does not say which of its ${count} classes is the CTC blank: expected one of ${blankSymbols.join(', ')}${blankId === undefined ? '' : `, got ${blankId}`}.`
    )
  }
  const specialIds = tokens.flatMap((token, id) => (specialSymbols.has(token) ? [id] : []))
  return {
    tokens,
    blankId: blank,
    wordDelimiter: tokens.find((token) => spaceSymbols.has(token)),
    wordMarker: sentencePieceMarker,
    lowerCase: false,
    specialIds: new Set([...specialIds, blank])
  }
}

function readSymbols(text: string, where: string): Map<number, string> {
  const symbols = new Map<number, string>()
  for (const [index, line] of text.split(/\r?\n/u).entries()) {
    if (line.trim() === '') continue
    // The symbol may itself be white space: a line "  0" gives class 0 to a space.
    const [, symbol, digits] = /^(.*)\s(\d+)\s*$/u.exec(line) ?? []
    if (symbol === undefined || symbol === '') {
      throw new WorkbenchError(
        'unsupported-model',
        `Line ${index + 1} of ${where} is '${line}', expected a symbol, a space and the number of its class.`
      )
    }
    const id = Number(digits)
    const holder = symbols.get(id)
    const trimmed = symbol.trim() === '' ? ' ' : symbol.trim()
    if (holder !== undefined) {
      throw new WorkbenchError(
        'unsupported-model',
        `${where} gives class ${id} to '${trimmed}', but '${holder}' has it already.`
      )
    }
    symbols.set(id, trimmed)
  }
  return symbols
}

function findBlank(tokens: readonly string[]): number | undefined {
  const symbol = blankSymbols.find((candidate) => tokens.includes(candidate))
  return symbol === undefined ? undefined : tokens.indexOf(symbol)
}
