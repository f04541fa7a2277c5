/**
 * The whole main job in one page, as a user does it: open a model and recordings, look inside, run a study, see its
 * points come, choose among them, listen, and take one along. What the page says is compared with what the workspace
 * has recorded and with what the command line says.
 */
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { formatCount, formatPercent } from '@contract/display-numbers'
import type { ModelDescription } from '@contract/model'
import { runCli } from '../helpers/run-cli'
import type { TinyStudy } from '../helpers/tiny-study'
import { tinySizes } from '../helpers/tiny-speech-model'
import { readTrialRows, readUtterances } from '../helpers/workspace-file'
import {
  brushSmallTiers,
  cellOf,
  compareTwo,
  errorChart,
  exportOne,
  trialTable,
  wordErrorRate
} from './study-steps'
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
    const { workspace, folder, evaluation: data } = study
    await compareTwo(page, workspace, pinned)
    await exportOne(page, { workspace, folder, trial: pinned[1], data, timeout: patience })
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
  await errorChart(page).waitFor()
}

async function compareWithRecords(page: Page, study: TinyStudy): Promise<void> {
  const table = trialTable(page)
  const rows = readTrialRows(study.workspace)
  expect(rows.map(({ name }) => name)).toEqual(trialNames)
  for (const { name, trialId } of rows) {
    const records = readUtterances(study.workspace, trialId)
    expect(records).toHaveLength(evaluation.utterances)
    expect(await cellOf(table, name, 'WER'), name).toBe(formatPercent(wordErrorRate(records)))
  }
  const sizes = await Promise.all(pinned.map((name) => cellOf(table, name, 'Size')))
  expect(new Set(sizes).size).toBe(pinned.length)
}

/** By search, and by a rectangle on the chart. */
async function chooseTrials(page: Page): Promise<void> {
  const count = page.getByText(new RegExp(`^\\d+ of ${trialNames.length} trials$`)).last()
  const rows = trialTable(page).getByRole('rowheader')
  await page.getByLabel('Search trials').fill('whitened')
  expect(await rows.allTextContents()).toEqual(trialNames.filter((name) => name.includes('whitened')))
  await page.getByRole('button', { name: 'Show all' }).click()
  expect(await rows.count()).toBe(trialNames.length)

  await brushSmallTiers(page)
  await count.waitFor()
  const chosen = Number.parseInt((await count.textContent()) ?? '', 10)
  expect(chosen).toBeGreaterThan(0)
  expect(chosen).toBeLessThan(trialNames.length)
  await expect.poll(() => rows.count()).toBe(chosen)
  expect(await rows.allTextContents()).not.toContain('baseline')
  await page.getByRole('button', { name: 'Show all' }).click()
}
