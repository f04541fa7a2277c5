/**
 * The vocabulary of a CTC model in the Hugging Face layout: `vocab.json` maps each token to its column of the logits,
 * `added_tokens.json` (when there is one) does the same for tokens that were added later.
 */
import { WorkbenchError } from '@contract/errors'
import { JsonFields } from '../json-fields'

export interface CtcVocabulary {
  /** Index = class of the logits. */
  readonly tokens: readonly string[]
  readonly blankId: number
  /** The token that stands between words; undefined when none does. */
  readonly wordDelimiter: string | undefined
  /** The character inside tokens that begins a word; undefined when tokens carry none. */
  readonly wordMarker: string | undefined
  /** Whether the text is written in lower case whatever the tokens are. */
  readonly lowerCase: boolean
  /** Classes that are not text: `<pad>`, `<s>`, `</s>`, `<unk>` and the blank. */
  readonly specialIds: ReadonlySet<number>
}

export interface CtcVocabularySource {
  readonly vocabularyText: string
  readonly addedTokensText?: string | undefined
  /** Width of the logits. */
  readonly classes: number
  /** What the configuration says; the class of the padding token when it says nothing. */
  readonly blankId?: number | undefined
  /** The tokenizer's name for padding; `<pad>` or `[PAD]` when it says nothing. */
  readonly padToken?: string | undefined
  /** The tokenizer's names of other tokens that are not text, besides the usual ones. */
  readonly specialTokens?: readonly string[] | undefined
  readonly wordDelimiter?: string | undefined
  readonly lowerCase?: boolean | undefined
  /** Name of the model, for messages. */
  readonly modelName: string
}

const usualPadTokens = ['<pad>', '[PAD]'] as const
const usualSpecialTokens = [...usualPadTokens, '<s>', '</s>', '<unk>', '[UNK]'] as const

/**
 * Reads the vocabulary and checks that it names every class of the logits exactly once.
 *
 * @throws WorkbenchError `unsupported-model` when a file is not a JSON object of integers, when an id occurs twice,
 *   is missing or lies beyond the logits, or when no blank can be found.
 */
export function parseCtcVocabulary(source: CtcVocabularySource): CtcVocabulary {
  const { classes, modelName } = source
  // A map, not an array of `classes`: a configuration may claim more than anybody has the memory for.
  const tokens = new Map<number, string>()
  addTokens({ tokens, classes }, 'vocab.json', source.vocabularyText, modelName)
  if (source.addedTokensText !== undefined) {
    addTokens({ tokens, classes }, 'added_tokens.json', source.addedTokensText, modelName)
  }
  const padTokens: readonly string[] = source.padToken === undefined ? usualPadTokens : [source.padToken]
  const complete: string[] = []
  for (let token = tokens.get(0); token !== undefined; token = tokens.get(complete.length))
    complete.push(token)
  if (complete.length !== classes) {
    throw new WorkbenchError(
      'unsupported-model',
      `vocab.json of '${modelName}' names ${tokens.size} of ${classes} classes of the logits; class ${complete.length} has no token.`
    )
  }
  const blankId = source.blankId ?? complete.findIndex((token) => padTokens.includes(token))
  if (blankId < 0 || blankId >= classes) {
    throw new WorkbenchError(
      'unsupported-model',
      `'${modelName}' does not say which of its ${classes} classes is the CTC blank: expected 'pad_token_id' in config.json or a token '${padTokens[0]}'${source.blankId === undefined ? '' : `, got ${blankId}`}.`
    )
  }
  const specialTokens = new Set<string>([
    ...usualSpecialTokens,
    ...padTokens,
    ...(source.specialTokens ?? [])
  ])
  const specialIds = complete.flatMap((token, id) => (specialTokens.has(token) ? [id] : []))
  return {
    tokens: complete,
    blankId,
    wordDelimiter: source.wordDelimiter ?? '|',
    wordMarker: undefined,
    lowerCase: source.lowerCase ?? false,
    specialIds: new Set([...specialIds, blankId])
  }
}

interface TokenTable {
  /** By class. */
  readonly tokens: Map<number, string>
  /** As many as the logits are wide. */
  readonly classes: number
}

function addTokens({ tokens, classes }: TokenTable, fileName: string, text: string, modelName: string): void {
  const fields = JsonFields.parse(text, `${fileName} of '${modelName}'`, 'unsupported-model')
  for (const [token, id] of fields.entries()) {
    // A tokenizer may know more special tokens than the model has classes: those cannot be heard.
    if (fileName === 'added_tokens.json' && Number.isInteger(id) && Number(id) >= classes) continue
    if (typeof id !== 'number' || !Number.isInteger(id) || id < 0 || id >= classes) {
      throw fields.mismatch(token, `a class of the logits, 0 to ${classes - 1}`, id)
    }
    const holder = tokens.get(id)
    // added_tokens.json may repeat what vocab.json says.
    if (holder !== undefined && holder !== token) {
      throw new WorkbenchError(
        'unsupported-model',
        `${fields.where} gives class ${id} to '${token}', but '${holder}' has it already.`
      )
    }
    tokens.set(id, token)
  }
}
