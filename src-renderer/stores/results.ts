import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { WorkbenchError } from '@contract/errors'
import type { StudyReport } from '@contract/trial'
import { decodeText } from './decode-text'
import { parseStudyReport } from './parse-study-report'

/** A results file on screen. */
export interface OpenedResults {
  readonly fileName: string
  readonly report: StudyReport
}

/** A study of a thousand trials takes about 10 MB; what is far larger is another kind of file. */
const largestFileBytes = 256e6

/** The results file that is shown. A file that cannot be read leaves what is shown as it is. */
export const useResultsStore = defineStore('results', () => {
  const opened = shallowRef<OpenedResults>()
  const failure = ref<string>()
  let lastRequest = 0

  async function open(file: File): Promise<void> {
    const request = ++lastRequest
    const outcome = await read(file)
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
async function read(file: File): Promise<OpenedResults | string> {
  if (file.size > largestFileBytes) {
    return `'${file.name}' has ${Math.round(file.size / 1e6)} MB, more than a results file ever has: choose the results.json of a study.`
  }
  try {
    const text = decodeText(new Uint8Array(await file.arrayBuffer()), file.name)
    return { fileName: file.name, report: parseStudyReport(text, file.name) }
  } catch (thrown) {
    if (thrown instanceof WorkbenchError) return thrown.message
    // The browser itself could not read it: a folder was dropped, or the file is gone or locked.
    return `'${file.name}' could not be read: choose a file that is still there and not in use.`
  }
}
