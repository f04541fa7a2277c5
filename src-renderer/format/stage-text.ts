/** What a running job reports, in the reader's language. Engines and services report in English. */

/** By what is reported; what is not in a table is shown as it came. */
export interface ProgressWords {
  /** `evaluate on {0}` stands for every stage of this form; letters, digits and spaces beside `{0}`, `{1}`. */
  readonly stages: Readonly<Record<string, string>>
  readonly units: Readonly<Record<string, string>>
  /** What follows the name of a trial after a comma: `second try`. */
  readonly tries: Readonly<Record<string, string>>
}

const afterTitle = ': '
const beforeTry = ', '

/**
 * A stage as it is shown: `[2/9] night, second try: evaluate on test.jsonl`. The name of the trial in front stays; it may
 * hold colons itself, so the first rest that is known counts.
 */
export function stageText(stage: string, words: ProgressWords): string {
  for (let start = 0; ;) {
    const known = knownStage(stage.slice(start), words.stages)
    if (known !== undefined) return `${titleText(stage.slice(0, start), words.tries)}${known}`
    const end = stage.indexOf(afterTitle, start)
    if (end < 0) return stage
    start = end + afterTitle.length
  }
}

/** What a stage counts: `utterances`. */
export function unitText(unit: string, words: ProgressWords): string {
  return words.units[unit] ?? unit
}

function knownStage(stage: string, stages: ProgressWords['stages']): string | undefined {
  for (const [form, text] of Object.entries(stages)) {
    const names = new RegExp(`^${form.replace(/\{\d\}/g, '(.+?)')}$`).exec(stage)?.slice(1)
    if (names !== undefined) return text.replace(/\{(\d)\}/g, (_, place) => names[Number(place)] ?? '')
  }
  return undefined
}

/** `title` ends with a colon, or is empty. */
function titleText(title: string, tries: ProgressWords['tries']): string {
  for (const [sent, text] of Object.entries(tries)) {
    const ending = `${beforeTry}${sent}${afterTitle}`
    if (title.endsWith(ending)) return `${title.slice(0, -ending.length)}${beforeTry}${text}${afterTitle}`
  }
  return title
}
