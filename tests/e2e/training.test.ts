/** A training in the browser: its recipe written, its curve watched, stopped and gone on with; what the page says is what is recorded. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { formatPercent } from '@contract/display-numbers'
import { developmentErrorRate } from '@contract/training'
import type { TrainingRecord } from '@contract/training-record'
import { writeTinyData } from '../helpers/tiny-speech-data'
import type { TinyStudy } from '../helpers/tiny-study'
import { describeInBrowser, useWorkbench, viewLink, waitForView } from './workbench-page'

/** Enough that a fast machine has not finished before the page has seen it begin, and is clicked. */
const steps = 900
/** A training on a loaded machine. */
const patience = 90_000

function recipeOf({ model }: TinyStudy): string {
  return JSON.stringify(
    {
      trainingVersion: 1,
      name: 'tiny words',
      model,
      trainingSet: 'train.jsonl',
      developmentSet: 'dev.jsonl',
      select: 'word-errors',
      trainable: ['*'],
      learningRate: 0.003,
      steps,
      batches: { audioSeconds: 4 },
      evaluateEverySteps: 20,
      checkpointEverySteps: 10,
      threads: 1
    },
    null,
    2
  )
}

/** Of the only training of the workspace. */
function readRecord({ workspace }: TinyStudy): TrainingRecord {
  const folder = join(workspace, 'trainings')
  const [trainingId, ...others] = readdirSync(folder)
  expect(others).toEqual([])
  return JSON.parse(readFileSync(join(folder, trainingId!, 'training.json'), 'utf8')) as TrainingRecord
}

/** A figure of the summary with what stands beside it. */
async function fact(page: Page, term: string): Promise<string> {
  const box = page.getByLabel('Summary').locator('> div').filter({ hasText: term })
  return (await box.locator('dd').innerText()).replaceAll(/\s+/g, ' ')
}

async function stepsShown(page: Page): Promise<number> {
  const row = page.getByRole('navigation', { name: 'Trainings' }).getByRole('button', { name: 'tiny words' })
  const [, taken] = /(\d+) of 900 steps/.exec(await row.innerText()) ?? []
  return Number(taken ?? 0)
}

/** The rows of a chart's table. */
async function tableOf(page: Page, title: string): Promise<string[][]> {
  const chart = page.getByRole('figure', { name: title })
  await chart.getByRole('button', { name: 'Table' }).click()
  const rows = chart.locator('tbody tr')
  return Promise.all((await rows.all()).map((row) => row.locator('td').allInnerTexts()))
}

describeInBrowser('a training', () => {
  const ground = useWorkbench()

  it('is set up, watched, cancelled, gone on with, and shows what is recorded', async () => {
    const { study } = ground()
    writeTinyData(join(study.folder, 'train.jsonl'), { utterances: 12, seed: 1 })
    writeTinyData(join(study.folder, 'dev.jsonl'), { utterances: 4, seed: 2 })
    const page = await ground().openPage()
    await viewLink(page, 'Training').click()
    await waitForView(page, 'Training')
    await page.getByRole('heading', { name: 'Nothing was trained yet' }).waitFor()

    await page.getByRole('button', { name: 'New training' }).click()
    await page.getByRole('textbox', { name: 'Recipe as JSON' }).fill(recipeOf(study))
    expect(await page.getByRole('textbox', { name: 'Name', exact: true }).inputValue()).toBe('tiny words')
    await page.getByText(/^[\d.]+ k of [\d.]+ k parameters in \d+ tensors$/).waitFor()
    // The form writes what it says.
    const anew = page.getByRole('checkbox', { name: 'Compute activations anew' })
    await anew.check()
    const recipe = page.getByRole('textbox', { name: 'Recipe as JSON' })
    await expect.poll(() => recipe.inputValue()).toContain('"gradientCheckpointing": true')
    await anew.uncheck()
    await expect.poll(() => recipe.inputValue()).not.toContain('gradientCheckpointing')
    await page.getByRole('button', { name: /^Start the training/ }).click()

    const job = page.getByRole('region', { name: 'Progress of tiny words' })
    await expect.poll(() => stepsShown(page), { timeout: patience }).toBeGreaterThan(5)
    const before = await stepsShown(page)
    await expect.poll(() => stepsShown(page), { timeout: patience }).toBeGreaterThan(before)
    await page.getByRole('figure', { name: 'Loss' }).locator('svg').waitFor()
    await job.getByRole('button', { name: 'Cancel' }).click()
    await job.getByText('Cancelled').waitFor()
    const cancelled = readRecord(study)
    expect(cancelled.outcome).toBe(null)
    expect(cancelled.curve.steps.length).toBeLessThan(steps)
    await expect.poll(() => stepsShown(page)).toBe(cancelled.curve.steps.length)

    await job.getByRole('button', { name: 'Go on' }).click()
    await page.getByText('Trained model').waitFor({ timeout: patience })
    const { curve, outcome } = readRecord(study)
    expect(outcome).toMatchObject({ ended: 'completed', resumedFromStep: cancelled.curve.steps.length })
    expect(curve.steps.slice(0, cancelled.curve.steps.length)).toEqual(cancelled.curve.steps)
    const last = curve.development.at(-1)!
    expect(await fact(page, 'Development loss')).toBe(`${last.loss.toFixed(4)} step ${steps}`)
    expect(await fact(page, 'Development word errors')).toBe(
      `${formatPercent(developmentErrorRate(last))} ${last.wordErrors} of ${last.referenceWords}`
    )
    const chosen = curve.development.find(({ step }) => step === outcome!.chosenStep)!
    expect(await fact(page, 'Weights of')).toBe(
      `step ${chosen.step} ${formatPercent(developmentErrorRate(chosen))}`
    )
    expect(await tableOf(page, 'Word error rate')).toEqual(
      curve.development.map((record) => [
        String(record.step),
        String(Number((100 * developmentErrorRate(record)).toFixed(2))),
        String(record.wordErrors),
        String(record.referenceWords)
      ])
    )

    const listed = page.getByRole('navigation', { name: 'Trainings' }).getByRole('button')
    await page.getByRole('button', { name: 'Remove' }).click()
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect.poll(() => listed.count()).toBe(1)
    const { trainingId } = readRecord(study)
    await page.getByRole('button', { name: 'Remove' }).click()
    await page.getByRole('heading', { name: 'Nothing was trained yet' }).waitFor()
    await viewLink(page, 'Library').click()
    await expect.poll(() => existsSync(join(study.workspace, 'trainings', trainingId))).toBe(false)
  })
})
