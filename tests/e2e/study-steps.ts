/**
 * Steps through the results of a study in the page, for every test that has one: table, chart, transcripts, export. Each holds
 * what the page says against what the workspace has recorded.
 */
import { mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import type { UtteranceRecord } from '@contract/trial'
import { runCli } from '../helpers/run-cli'
import { readTrialRows, readUtterances } from '../helpers/workspace-file'
import { viewLink, waitForView } from './workbench-page'

/** The table of trials in the trade-off view. */
export const trialTable = (page: Page) => page.getByRole('region', { name: 'Trials', exact: true })

/** The chart of errors in the trade-off view. */
export const errorChart = (page: Page) => page.getByRole('img', { name: /^Chart of Word error rate/ })

/** What a row of a table says in the column with this title. */
export async function cellOf(table: Locator, row: string, column: string): Promise<string | undefined> {
  const titles = await table.getByRole('columnheader').allTextContents()
  const cells = table
    .getByRole('row')
    .filter({ has: table.page().getByRole('rowheader', { name: row, exact: true }) })
    .locator('th, td')
  return (await cells.allTextContents())[titles.findIndex((title) => title.trim() === column)]?.trim()
}

/** Errors over words of all recordings, counted anew from the records. */
export function wordErrorRate(records: readonly UtteranceRecord[]): number {
  let [errors, words] = [0, 0]
  for (const { wordErrors, reference } of records) {
    if (wordErrors === undefined) throw new Error('A record of a recogniser has no word errors.')
    errors += wordErrors.substitutions + wordErrors.deletions + wordErrors.insertions
    words += reference.split(' ').length
  }
  return errors / words
}

/** Records of the only study of a workspace, by the name of a trial. */
export function recordsOf(workspace: string, trial: string): UtteranceRecord[] {
  const trialId = readTrialRows(workspace).find(({ name }) => name === trial)?.trialId
  return readUtterances(workspace, trialId ?? '')
}

/** Draws a rectangle over all but the right edge of the chart, which leaves out the baseline: it is the largest. */
export async function brushSmallTiers(page: Page): Promise<void> {
  const box = await errorChart(page).boundingBox()
  if (box === null) throw new Error('The chart has no place.')
  await page.mouse.move(box.x + 0.82 * box.width, box.y + 4)
  await page.mouse.down()
  await page.mouse.move(box.x + 40, box.y + box.height - 4, { steps: 5 })
  await page.mouse.up()
}

/** Pins two tiers, and reads and hears the first utterance of the list. */
export async function compareTwo(
  page: Page,
  workspace: string,
  names: readonly [string, string]
): Promise<void> {
  for (const name of names) await page.getByRole('button', { name: `Pin ${name}`, exact: true }).click()
  await page.getByRole('button', { name: 'Compare and listen' }).click()
  await waitForView(page, 'Compare')
  const tiers = page.getByRole('list', { name: 'Tiers side by side' })
  await expect.poll(() => tiers.locator('strong').allTextContents()).toEqual([...names])

  await page.getByRole('listbox', { name: 'Utterances' }).press('Home')
  const lines = page.getByRole('group', { name: 'Transcripts, word under word' })
  await lines.waitFor()
  const shown = await lines.locator('xpath=ancestor::section').getAttribute('aria-label')
  const [a, b] = names.map((name) =>
    recordsOf(workspace, name).find(({ utteranceId }) => utteranceId === shown)
  )
  expect(await wordsOf(lines, 'Ref')).toBe(a?.reference)
  expect(await wordsOf(lines, 'A')).toBe(a?.hypothesis)
  expect(await wordsOf(lines, 'B')).toBe(b?.hypothesis)

  const position = page.getByRole('slider', { name: 'Position in the recording' })
  await page.getByRole('button', { name: 'Play', exact: true }).click()
  await expect.poll(async () => Number(await position.getAttribute('aria-valuenow'))).toBeGreaterThan(0.3)
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

export interface ExportedTrial {
  readonly workspace: string
  /** In which a folder is made to export into; the page may open it. */
  readonly folder: string
  readonly trial: string
  /** The evaluation set of the study. */
  readonly data: string
  readonly timeout: number
}

/** The exported folder is a model that runs, and errs as often as the record says. Returns the folder. */
export async function exportOne(
  page: Page,
  { workspace, folder, trial, data, timeout }: ExportedTrial
): Promise<string> {
  const target = join(folder, 'exported')
  mkdirSync(target)
  await viewLink(page, 'Export').click()
  await waitForView(page, 'Export')
  await page.getByRole('button', { name: 'None', exact: true }).click()
  await page.getByRole('checkbox', { name: `Export ${trial}`, exact: true }).click()
  await page.getByRole('button', { name: 'Choose folder…' }).click()
  const chooser = page.getByRole('dialog', { name: 'Choose the folder to export into' })
  await chooser.getByRole('option', { name: basename(target) }).waitFor()
  await page.keyboard.type(basename(target))
  await page.keyboard.press('Control+Enter')
  await page.getByText(target, { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Export 1 tier' }).click()

  const result = page.getByRole('article', { name: trial, exact: true })
  await result.getByText('Verified').waitFor({ timeout })
  await result.getByText('largest difference 0').waitFor()
  const exported = (await result.locator('code').first().textContent()) ?? ''
  expect(exported).toContain(target)
  const evaluated = await runCli(['evaluate', exported, '--data', data, '--json'])
  expect(evaluated.code, evaluated.stderr).toBe(0)
  const { records } = JSON.parse(evaluated.stdout) as { records: readonly UtteranceRecord[] }
  expect(wordErrorRate(records)).toBe(wordErrorRate(recordsOf(workspace, trial)))
  return exported
}
