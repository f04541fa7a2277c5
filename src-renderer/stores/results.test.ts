import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it } from 'vitest'
import { studyReportSchema } from '@contract/trial'
import { baselineTrial, int8Trial, unmeasuredTrial } from '../../tests/helpers/trial-reports'
import { useResultsStore } from './results'

const study = {
  studyId: 'b'.repeat(64),
  name: 'first lesson',
  modelHash: 'a'.repeat(64),
  calibrationHash: 'c'.repeat(64),
  evaluationHash: 'e'.repeat(64),
  developmentHash: null,
  selectedOn: 'evaluation'
}
// Parsed: members with a default are there even where nothing was measured.
const report = studyReportSchema.parse({
  study,
  trials: [baselineTrial, int8Trial, unmeasuredTrial('later', 'pending')]
})
const text = JSON.stringify(report)
const utf16 = (content: string) =>
  new Uint16Array([0xfeff, ...Array.from(content, (character) => character.charCodeAt(0))])

beforeEach(() => {
  setActivePinia(createPinia())
})

describe('opening a results file', () => {
  it.each<[string, BlobPart]>([
    ['UTF-8', text],
    ['UTF-8 with a byte order mark', `\uFEFF${text}`],
    ['UTF-16, as PowerShell writes it', utf16(text)]
  ])('shows the study that it holds, in %s', async (_, content) => {
    const results = useResultsStore()
    await results.open(new File([content], 'results.json'))
    expect(results.failure).toBeUndefined()
    expect(results.opened).toEqual({ fileName: 'results.json', report })
  })

  it('shows the file opened last when two are read at once', async () => {
    const results = useResultsStore()
    const late = new File([JSON.stringify({ study: { ...study, name: 'first' }, trials: [] })], 'a.json')
    const content = await late.arrayBuffer()
    let finish: (() => void) | undefined
    late.arrayBuffer = () =>
      new Promise((resolve) => {
        finish = () => {
          resolve(content)
        }
      })
    const first = results.open(late)
    await results.open(new File([text], 'b.json'))
    finish?.()
    await first
    expect(results.opened?.fileName).toBe('b.json')
  })
})

describe('a file that cannot be shown', () => {
  it.each<[string, string, BlobPart, string]>([
    [
      'a model',
      'model.onnx',
      new Uint8Array([8, 9, 0xff, 0xc3]),
      "'model.onnx' is not a text file: expected the results.json that `lathe study run --output` or `npm run demo` writes."
    ],
    [
      'text',
      'notes.txt',
      'hello',
      "'notes.txt' is not JSON: expected the results.json that `lathe study run --output` or `npm run demo` writes."
    ],
    [
      'a recipe',
      'recipe.json',
      '{"recipeVersion": 1, "name": "x"}',
      "'recipe.json' is a recipe, not its results: run `lathe study run recipe.json --output my-study` and open my-study/results.json."
    ],
    [
      'other JSON',
      'package.json',
      '{"name": "x"}',
      "'package.json' is JSON but not the results of a study: expected the results.json that `lathe study run --output` writes, with 'study' and 'trials'."
    ],
    [
      'results with a wrong value',
      'results.json',
      JSON.stringify({ study, trials: [{ ...baselineTrial, wordErrorRate: 'high' }] }),
      "'results.json' is not a results file that this version can read: at 'trials.0.wordErrorRate' there is a wrong value (Invalid input: expected number, received string); write it again with `lathe study show --json`."
    ]
  ])('is %s: a sentence says so, and what was on screen stays', async (_, name, content, sentence) => {
    const results = useResultsStore()
    await results.open(new File([text], 'good.json'))
    await results.open(new File([content], name))
    expect(results.failure).toBe(sentence)
    expect(results.opened?.fileName).toBe('good.json')
  })

  it('is one that the browser cannot read, such as a folder', async () => {
    const results = useResultsStore()
    const file = new File([], 'folder')
    file.arrayBuffer = async () => {
      throw new DOMException('A requested file or directory could not be found', 'NotFoundError')
    }
    await results.open(file)
    expect(results.failure).toBe(
      "'folder' could not be read: choose a file that is still there and not in use."
    )
  })

  it('is one that is far too large, which is not even read', async () => {
    const results = useResultsStore()
    const file = new File([], 'weights.json')
    Object.defineProperty(file, 'size', { value: 2e9 })
    await results.open(file)
    expect(results.failure).toMatch(/^'weights\.json' has 2000 MB, more than a results file ever has/)
  })

  it('is forgotten when dismissed, and when a good one follows', async () => {
    const results = useResultsStore()
    await results.open(new File(['hello'], 'a.txt'))
    results.dismissFailure()
    expect(results.failure).toBeUndefined()
    await results.open(new File(['hello'], 'a.txt'))
    await results.open(new File([text], 'good.json'))
    expect(results.failure).toBeUndefined()
  })
})
