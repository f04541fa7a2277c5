/**
 * The whole main job in one page, as a user does it: open a model and recordings, look inside, run a study, see its
 * points come, choose among them, listen, and take one along. What the page says is compared with what the workspace
 * has recorded and with what the command line says.
 */
import { mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { formatCount, formatPercent } from '@contract/display-numbers'
import type { ModelDescription } from '@contract/model'
import type { UtteranceRecord } from '@contract/trial'
import { runCli } from '../helpers/run-cli'
import type { TinyStudy } from '../helpers/tiny-study'
import { tinySizes } from '../helpers/tiny-speech-model'
import { readTrialRows, readUtterances } from '../helpers/workspace-file'
import { describeInBrowser, useWorkbench, viewLink, waitForView } from './workbench-page'

const studyName = 'journey'
const trialNames = [
  'baseline',
  'int8',
  'weight-svd 75%',
  'weight-svd 50%',
  'whitened-svd 75%',
  'whitened-svd 50%'
]
const pinned = ['baseline', 'weight-svd 50%'] as const

/** A study on a loaded machine. */
const patience = 90_000

/** Several hundred milliseconds a trial, so that the page can be watched while the study runs. */
const evaluation = { utterances: 40, seconds: [1.5, 2.5] } as const

describeInBrowser('the main job', () => {
  const ground = useWorkbench({ study: { evaluation } })

  it('goes from an empty library to an exported model', async () => {
    const { study } = ground()
    const page = await ground().openPage()
    await fillLibrary(page, study)
    await inspect(page, study)
    await startStudy(page)
    await watchJob(page)
    await watchPoints(page)
    await compareWithRecords(page, study)
    await chooseTrials(page)
    await compareTiers(page, study)
    await exportTier(page, study)
  })
})

/** Of a model and two data sets, one chosen by keys alone, one by clicks, one by a double click. */
async function fillLibrary(page: Page, study: TinyStudy): Promise<void> {
  const add = page.getByRole('button', { name: 'Add model or data set…' })
  const chooser = page.getByRole('dialog', { name: 'Choose a model or a data set' })
  const option = (name: string) => chooser.getByRole('option', { name: new RegExp(`^${name}\\b`) })
  const addPreviewed = async (kind: string) => {
    await page.getByRole('heading', { name: kind }).waitFor()
    await page.getByRole('button', { name: 'Add to the library' }).click()
  }

  await add.focus()
  await page.keyboard.press('Enter')
  await option('model').waitFor()
  await page.keyboard.type('mod')
  await page.keyboard.press('Control+Enter')
  await addPreviewed('This is a model')

  await add.click()
  await option('calibration\\.jsonl').click()
  await chooser.getByRole('button', { name: 'Choose', exact: true }).click()
  await addPreviewed('This is a data set')

  await add.click()
  await option('evaluation\\.jsonl').dblclick()
  await addPreviewed('This is a data set')

  const cards = page.getByRole('article')
  await expect.poll(() => cards.count()).toBe(3)
  for (const path of [study.model, study.calibration, study.evaluation]) {
    await cards.getByTitle(path, { exact: true }).waitFor()
  }
  await cards.filter({ hasText: study.evaluation }).getByText(String(evaluation.utterances)).waitFor()
}

async function inspect(page: Page, study: TinyStudy): Promise<void> {
  const { stdout } = await runCli(['inspect', study.model, '--json'])
  const { layers } = JSON.parse(stdout) as ModelDescription
  await page.getByRole('button', { name: /^Inspect / }).click()
  await waitForView(page, 'Inspect')
  const table = page.getByRole('grid', { name: 'Linear layers' })
  await table.waitFor()
  expect(layers.length).toBeGreaterThan(0)
  expect(await table.getAttribute('aria-rowcount')).toBe(String(layers.length + 1))
  await page.getByText(`${layers.length} layers`).waitFor()

  await table.getByRole('row', { name: /fc1/ }).first().click()
  const layer = page.getByRole('region', { name: 'Chosen layer' })
  const rank = layer.getByRole('slider', { name: 'Rank', exact: true })
  await rank.waitFor({ timeout: patience })
  await layer.locator('figure, section').getByText('Singular values').first().waitFor()
  const before = Number(await rank.inputValue())
  await rank.press('ArrowLeft')
  await layer.getByRole('columnheader', { name: `Rank ${before - 1}` }).waitFor()
  const parameters = layer.getByRole('row', { name: /^Parameters/ }).getByRole('cell')
  const { width, innerWidth } = tinySizes
  expect(await parameters.allTextContents()).toEqual([
    formatCount(width * innerWidth),
    formatCount((before - 1) * (width + innerWidth)),
    formatPercent(((before - 1) * (width + innerWidth)) / (width * innerWidth), 1)
  ])
}

/** One grid of two methods at two sizes, on the sets of the library. */
async function startStudy(page: Page): Promise<void> {
  await viewLink(page, 'Study').click()
  await waitForView(page, 'Study')
  await page.getByLabel('Name', { exact: true }).fill(studyName)
  await page.getByLabel('Calibration set: From the library').selectOption({ label: 'calibration.jsonl' })
  await page.getByLabel('Evaluation set: From the library').selectOption({ label: 'evaluation.jsonl' })
  await page.getByRole('button', { name: 'Remove grid 2' }).click()
  await page.getByLabel('Kept fractions').fill('0.75, 0.5')
  const forecast = page.getByRole('region', { name: 'Before you start' })
  await forecast.getByText(`${trialNames.length} trials`).waitFor()
  const start = page.getByRole('button', { name: /^Start the study/ })
  await expect.poll(() => start.isEnabled()).toBe(true)
  await page.keyboard.press('Control+Enter')
}

async function watchJob(page: Page): Promise<void> {
  await page.getByRole('region', { name: 'This study’s job' }).getByText('Open in Jobs').click()
  await waitForView(page, 'Jobs')
  const bar = page.getByRole('progressbar', { name: `Trials of ${studyName}` })
  await expect.poll(() => bar.getAttribute('max'), { timeout: patience }).toBe(String(trialNames.length))
}

/** Points appear one after the other, without anything being pressed. */
async function watchPoints(page: Page): Promise<void> {
  await viewLink(page, 'Trade-off').click()
  await waitForView(page, 'Trade-off')
  await page.getByRole('list', { name: 'Studies' }).getByRole('button', { name: studyName }).click()
  const progress = page.getByText(new RegExp(`^\\d+ of ${trialNames.length} trials$`)).first()
  const seen = new Set<number>()
  await expect
    .poll(
      async () => {
        const finished = Number.parseInt((await progress.textContent()) ?? '', 10)
        seen.add(finished)
        return finished
      },
      { timeout: patience, interval: 30 }
    )
    .toBe(trialNames.length)
  expect(seen.size, `numbers of points seen: ${[...seen].join(', ')}`).toBeGreaterThan(2)
  await page.getByRole('img', { name: /^Chart of Word error rate/ }).waitFor()
}

async function compareWithRecords(page: Page, study: TinyStudy): Promise<void> {
  const table = page.getByRole('region', { name: 'Trials', exact: true })
  const rows = readTrialRows(study.workspace)
  expect(rows.map(({ name }) => name)).toEqual(trialNames)
  for (const { name, trialId } of rows) {
    const records = readUtterances(study.workspace, trialId)
    expect(records).toHaveLength(evaluation.utterances)
    expect(await cell(table, name, 'WER'), name).toBe(formatPercent(wordErrorRate(records)))
  }
  const sizes = await Promise.all(pinned.map((name) => cell(table, name, 'Size')))
  expect(new Set(sizes).size).toBe(pinned.length)
}

/** What a row of a table says in the column with this title. */
async function cell(table: Locator, row: string, column: string): Promise<string | undefined> {
  const titles = await table.getByRole('columnheader').allTextContents()
  const cells = table
    .getByRole('row')
    .filter({ has: table.page().getByRole('rowheader', { name: row, exact: true }) })
    .locator('th, td')
  return (await cells.allTextContents())[titles.findIndex((title) => title.trim() === column)]?.trim()
}

/** Errors over words of all recordings, counted anew from the records. */
function wordErrorRate(records: readonly UtteranceRecord[]): number {
  let [errors, words] = [0, 0]
  for (const { wordErrors, reference } of records) {
    if (wordErrors === undefined) throw new Error('A record of a recogniser has no word errors.')
    errors += wordErrors.substitutions + wordErrors.deletions + wordErrors.insertions
    words += reference.split(' ').length
  }
  return errors / words
}

/** By search, by a rectangle on the chart, and by pins. */
async function chooseTrials(page: Page): Promise<void> {
  const count = page.getByText(new RegExp(`^\\d+ of ${trialNames.length} trials$`)).last()
  const rows = page.getByRole('region', { name: 'Trials', exact: true }).getByRole('rowheader')
  await page.getByLabel('Search trials').fill('whitened')
  expect(await rows.allTextContents()).toEqual(trialNames.filter((name) => name.includes('whitened')))
  await page.getByRole('button', { name: 'Show all' }).click()
  expect(await rows.count()).toBe(trialNames.length)

  const box = await page.getByRole('img', { name: /^Chart of Word error rate/ }).boundingBox()
  if (box === null) throw new Error('The chart has no place.')
  // All but its right edge: the small tiers, without the baseline, which is the largest.
  await page.mouse.move(box.x + 0.82 * box.width, box.y + 4)
  await page.mouse.down()
  await page.mouse.move(box.x + 40, box.y + box.height - 4, { steps: 5 })
  await page.mouse.up()
  await count.waitFor()
  const chosen = Number.parseInt((await count.textContent()) ?? '', 10)
  expect(chosen).toBeGreaterThan(0)
  expect(chosen).toBeLessThan(trialNames.length)
  await expect.poll(() => rows.count()).toBe(chosen)
  expect(await rows.allTextContents()).not.toContain('baseline')
  await page.getByRole('button', { name: 'Show all' }).click()

  for (const name of pinned) await page.getByRole('button', { name: `Pin ${name}`, exact: true }).click()
}

async function compareTiers(page: Page, study: TinyStudy): Promise<void> {
  await page.getByRole('button', { name: 'Compare and listen' }).click()
  await waitForView(page, 'Compare')
  const tiers = page.getByRole('list', { name: 'Tiers side by side' })
  await expect.poll(() => tiers.locator('strong').allTextContents()).toEqual([...pinned])

  await page.getByRole('listbox', { name: 'Utterances' }).press('Home')
  const lines = page.getByRole('group', { name: 'Transcripts, word under word' })
  await lines.waitFor()
  const utteranceId = await lines.locator('xpath=ancestor::section').getAttribute('aria-label')
  const ofPinned = pinned.map((name) => recordOf(study, name, utteranceId ?? ''))
  expect(await wordsOf(lines, 'Ref')).toBe(ofPinned[0]?.reference)
  expect(await wordsOf(lines, 'A')).toBe(ofPinned[0]?.hypothesis)
  expect(await wordsOf(lines, 'B')).toBe(ofPinned[1]?.hypothesis)

  const position = page.getByRole('slider', { name: 'Position in the recording' })
  await page.getByRole('button', { name: 'Play', exact: true }).click()
  await expect.poll(async () => Number(await position.getAttribute('aria-valuenow'))).toBeGreaterThan(0.3)
}

function recordOf({ workspace }: TinyStudy, trial: string, utteranceId: string): UtteranceRecord | undefined {
  const trialId = readTrialRows(workspace).find(({ name }) => name === trial)?.trialId
  return readUtterances(workspace, trialId ?? '').find((record) => record.utteranceId === utteranceId)
}

/** What a row of the alignment shows as said or heard; words that a tier left out are shown struck through. */
async function wordsOf(lines: Locator, letter: string): Promise<string> {
  const words = await lines
    .getByRole('row')
    .filter({ has: lines.page().getByRole('rowheader', { name: letter, exact: true }) })
    .locator('td:not(:has(.deletion)):not(:has([aria-hidden])), td > [aria-hidden]:not(.deletion)')
    .allTextContents()
  return words
    .map((word) => word.trim())
    .filter((word) => word !== '')
    .join(' ')
}

/** The exported folder is a model that runs, and errs as often as the record says. */
async function exportTier(page: Page, study: TinyStudy): Promise<void> {
  const target = join(study.folder, 'exported')
  mkdirSync(target)
  await viewLink(page, 'Export').click()
  await waitForView(page, 'Export')
  await page.getByRole('button', { name: 'None', exact: true }).click()
  await page.getByRole('checkbox', { name: `Export ${pinned[1]}`, exact: true }).click()
  await page.getByRole('button', { name: 'Choose folder…' }).click()
  const chooser = page.getByRole('dialog', { name: 'Choose the folder to export into' })
  await chooser.getByRole('option', { name: basename(target) }).waitFor()
  await page.keyboard.type(basename(target))
  await page.keyboard.press('Control+Enter')
  await page.getByText(target, { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Export 1 tier' }).click()

  const result = page.getByRole('article', { name: pinned[1], exact: true })
  await result.getByText('Verified').waitFor({ timeout: patience })
  await result.getByText('largest difference 0').waitFor()
  const exported = await result.locator('code').first().textContent()
  expect(exported).toContain(target)
  const evaluated = await runCli(['evaluate', exported ?? '', '--data', study.evaluation, '--json'])
  expect(evaluated.code, evaluated.stderr).toBe(0)
  const { records } = JSON.parse(evaluated.stdout) as { records: readonly UtteranceRecord[] }
  const trialId = readTrialRows(study.workspace).find(({ name }) => name === pinned[1])?.trialId ?? ''
  expect(wordErrorRate(records)).toBe(wordErrorRate(readUtterances(study.workspace, trialId)))
}
