import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { StudyReport } from '@contract/trial'
import { useText, type Text } from '../text/text'
import { decodeText } from './decode-text'
import { parseStudyReport } from './parse-study-report'

type ResultsWords = Text['results']['problems']

/** A results file on screen. */
export interface OpenedResults {
  readonly fileName: string
  readonly report: StudyReport
}

/** A study of a thousand trials takes about 10 MB; what is far larger is another kind of file. */
const largestFileBytes = 256e6

/** The results file that is shown. A file that cannot be read leaves what is shown as it is. */
export const useResultsStore = defineStore('results', () => {
  const text = useText()
  const opened = shallowRef<OpenedResults>()
  const failure = ref<string>()
  let lastRequest = 0

  async function open(file: File): Promise<void> {
    const request = ++lastRequest
    const outcome = await read(file, text.value.results.problems)
    // Of two files opened in a row the later one counts, whichever was read first.
    if (request !== lastRequest) return
    failure.value = typeof outcome === 'string' ? outcome : undefined
    if (typeof outcome !== 'string') opened.value = outcome
  }

  function dismissFailure(): void {
    failure.value = undefined
  }

  return { opened, failure, open, dismissFailure }
})

/** The results, or a sentence that says why there are none. */
async function read(file: File, words: ResultsWords): Promise<OpenedResults | string> {
  const { name } = file
  if (file.size > largestFileBytes) return words.tooLarge(name, Math.round(file.size / 1e6))
  let text: string | undefined
  try {
    text = decodeText(new Uint8Array(await file.arrayBuffer()))
  } catch {
    // The browser itself could not read it: a folder was dropped, or the file is gone or locked.
    return words.unreadable(name)
  }
  if (text === undefined) return words['no-text'](name)
  const parsed = parseStudyReport(text)
  if ('report' in parsed) return { fileName: name, report: parsed.report }
  const { problem } = parsed
  return problem.kind === 'wrong-value'
    ? words['wrong-value'](name, problem.place, problem.message)
    : words[problem.kind](name)
}
