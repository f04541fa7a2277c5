/**
 * The demo that came with Lathe, as somebody meets it who has nothing else: added to an empty library, studied with one click
 * or after a look at its recipe, down to an exported model. What the page says is compared with what the workspace holds.
 */
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { formatPercent } from '@contract/display-numbers'
import { readTrialRows } from '../helpers/workspace-file'
import {
  brushSmallTiers,
  cellOf,
  compareTwo,
  errorChart,
  exportOne,
  recordsOf,
  trialTable,
  wordErrorRate
} from './study-steps'
import {
  describeInBrowser,
  useWorkbench,
  viewLink,
  waitForView,
  type WorkbenchGround
} from './workbench-page'

const demo = resolve(import.meta.dirname, '../../resources/demo')
const studyName = 'demo'
/** Of the study that is cut small. */
const trialNames = ['baseline', 'int8', 'whitened-svd 65%', 'whitened-svd 40%']
const pinned = ['baseline', 'whitened-svd 40%'] as const

/** A trial of the whole demo on a loaded machine. */
const patience = 100_000

/** Decoding, calibrating and measuring minutes of speech, on a machine that does other things too. */
const testTimeout = 300_000

describeInBrowser('the demo, after one click', () => {
  const ground = useWorkbench()

  it(
    'is studied as it came, and its first point is shown',
    async () => {
      const page = await ground().openPage()
      await addDemo(page)
      const panel = page.getByRole('region', { name: 'A first study, ready to run' })
      await panel.getByRole('button', { name: 'Run the demo study' }).click()
      await panel.getByRole('region', { name: 'This study’s job' }).getByText('Running').waitFor()
      await panel.getByText('The points are shown as soon as there are some.').waitFor()

      await trialTable(page).waitFor({ timeout: patience })
      await waitForView(page, 'Trade-off')
      const { workspace } = ground().study
      const table = trialTable(page)
      const heard = recordsOf(workspace, 'baseline')
      expect(heard).toHaveLength(manifestLines('evaluation'))
      expect(await cellOf(table, 'baseline', 'WER')).toBe(formatPercent(wordErrorRate(heard)))

      await viewLink(page, 'Jobs').click()
      await waitForView(page, 'Jobs')
      const job = page.getByRole('article', { name: studyName })
      await job.getByRole('button', { name: 'Cancel' }).click()
      await job.getByText('Cancelled').first().waitFor()

      // What is left of it can be taken up where it was begun.
      await viewLink(page, 'Library').click()
      await panel.getByRole('button', { name: 'Run the demo study' }).waitFor()
    },
    testTimeout
  )
})

describeInBrowser('the demo, cut small', () => {
  const ground = useWorkbench()

  it(
    'goes from an empty library to an exported model',
    async () => {
      const page = await ground().openPage()
      await addDemo(page)
      await inspect(page)
      await startSmallStudy(page)
      await watchPoints(page)
      await compareWithRecords(page, ground())
      await brush(page)
      const { workspace, folder } = ground().study
      await compareTwo(page, workspace, pinned)
      const data = join(demo, 'development.jsonl')
      const exported = await exportOne(page, { workspace, folder, trial: pinned[1], data, timeout: patience })
      // The licence goes along.
      expect(readFileSync(join(exported, 'LICENSE'), 'utf8')).toContain('MIT License')
    },
    testTimeout
  )
})

/** From the empty library; what the cards say is what the files hold. */
async function addDemo(page: Page): Promise<void> {
  await page.getByRole('heading', { name: 'Begin with a speech model' }).waitFor()
  await page.getByRole('button', { name: 'Add the demo' }).click()
  const cards = page.getByRole('article')
  await expect.poll(() => cards.count(), { timeout: patience }).toBe(4)
  for (const part of ['calibration', 'development', 'evaluation']) {
    const card = page.getByRole('article', { name: `${part}.jsonl` })
    expect(await fact(card, 'Utterances')).toBe(String(manifestLines(part)))
    expect(await fact(card, 'Speakers')).toBe(String(speakersOf(part)))
  }
  const model = page.getByRole('article', { name: 'demo-conformer' })
  expect(await fact(model, 'Family')).toBe('CTC encoder')
  expect(await fact(model, 'Licence')).toBe('mit')
  expect(await fact(model, 'Trained by Lathe')).toMatch(/^step [\d,]+, \d\.\d\d % development WER$/)
}

const fact = async (card: Locator, term: string) =>
  card
    .locator('dl > div', { has: card.page().getByText(term, { exact: true }) })
    .locator('dd')
    .textContent()

function manifestOf(part: string): { readonly speaker: string }[] {
  const lines = readFileSync(join(demo, `${part}.jsonl`), 'utf8')
    .trim()
    .split('\n')
  return lines.map((line) => JSON.parse(line) as { speaker: string })
}

const manifestLines = (part: string) => manifestOf(part).length
const speakersOf = (part: string) => new Set(manifestOf(part).map(({ speaker }) => speaker)).size

async function inspect(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Inspect demo-conformer' }).click()
  await waitForView(page, 'Inspect')
  const layers = page.getByRole('grid', { name: 'Linear layers' })
  await layers.getByRole('row', { name: /fc1/ }).first().click()
  const layer = page.getByRole('region', { name: 'Chosen layer' })
  await layer.getByRole('slider', { name: 'Rank', exact: true }).waitFor({ timeout: patience })
}

/** The demo's recipe in the editor: one method at two sizes, measured on the smaller of the two sets that are left. */
async function startSmallStudy(page: Page): Promise<void> {
  await viewLink(page, 'Library').click()
  await page.getByRole('button', { name: 'Look at its recipe first' }).click()
  await waitForView(page, 'Study')
  await expect.poll(() => page.getByLabel('Name', { exact: true }).inputValue()).toBe(studyName)
  for (const grid of [3, 2]) await page.getByRole('button', { name: `Remove grid ${grid}` }).click()
  await page.getByRole('group', { name: 'Grid 1' }).getByText('Plain SVD', { exact: true }).click()
  await page.getByLabel('Kept fractions').fill('0.65, 0.4')
  await page.getByLabel('Evaluation set: From the library').selectOption({ label: 'development.jsonl' })
  const forecast = page.getByRole('region', { name: 'Before you start' })
  await forecast.getByText(`${trialNames.length} trials`).waitFor()
  const start = page.getByRole('button', { name: /^Start the study/ })
  await expect.poll(() => start.isEnabled()).toBe(true)
  await start.click()
}

/** They come by themselves, one after the other. */
async function watchPoints(page: Page): Promise<void> {
  const job = page.getByRole('region', { name: 'This study’s job' })
  await job.getByRole('button', { name: 'See the points' }).click({ timeout: patience })
  await waitForView(page, 'Trade-off')
  const progress = page.getByText(new RegExp(`^\\d+ of ${trialNames.length} trials$`)).first()
  await expect
    .poll(() => progress.textContent(), { timeout: patience })
    .toBe(`${trialNames.length} of ${trialNames.length} trials`)
  await errorChart(page).waitFor()
}

async function compareWithRecords(page: Page, { study }: WorkbenchGround): Promise<void> {
  const table = trialTable(page)
  expect(readTrialRows(study.workspace).map(({ name }) => name)).toEqual(trialNames)
  const rates = trialNames.map((name) => wordErrorRate(recordsOf(study.workspace, name)))
  for (const [index, name] of trialNames.entries()) {
    expect(await cellOf(table, name, 'WER'), name).toBe(formatPercent(rates[index] ?? NaN))
  }
  // The demo has something to show: cutting costs errors, and cutting more costs more.
  const [baseline = NaN, , mild = NaN, strong = NaN] = rates
  expect(baseline).toBeGreaterThan(0)
  expect(mild).toBeGreaterThanOrEqual(baseline)
  expect(strong).toBeGreaterThan(mild)
}

/** A rectangle on the chart chooses what lies in it. */
async function brush(page: Page): Promise<void> {
  const rows = trialTable(page).getByRole('rowheader')
  await brushSmallTiers(page)
  await expect.poll(() => rows.count()).toBeLessThan(trialNames.length)
  const chosen = await rows.allTextContents()
  expect(chosen).toContain(pinned[1])
  expect(chosen).not.toContain(pinned[0])
  await page.getByRole('button', { name: 'Show all' }).click()
  await expect.poll(() => rows.count()).toBe(trialNames.length)
}
