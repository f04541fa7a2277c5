/**
 * What goes wrong while somebody works, and what the page then says: reloads, killed processes, wrong files, addresses
 * of what is not there. Nothing that was finished may be lost.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { childProcesses, commandLineOf, hasProcessFiles } from '../helpers/child-processes'
import { tinyRecipe, writeRecipe, type TinyStudyOptions } from '../helpers/tiny-study'
import { readTrialRows } from '../helpers/workspace-file'
import {
  describeInBrowser,
  goToPlace,
  useWorkbench,
  viewLink,
  waitForView,
  type WorkbenchGround
} from './workbench-page'

const studyName = 'tiny study'
const trialNames = ['baseline', 'int8', 'weight-svd 50%']

/** Long enough that a trial can be met in the middle. */
const longStudy: TinyStudyOptions = {
  evaluation: { utterances: 200, seconds: [1.5, 2.5] },
  grids: [{ methods: ['weight-svd'], retainedFractions: [0.5] }]
}

/** A study on a loaded machine. */
const patience = 90_000

/** What Chromium says of requests that nobody answered. */
const failedRequest = /Failed to load resource|WebSocket connection to/

const jobOf = (page: Page) => page.getByRole('article', { name: studyName })
const trialsBar = (page: Page) => page.getByRole('progressbar', { name: `Trials of ${studyName}` })

/** Starts the study of the recipe file and goes to its job. */
async function startStudy(page: Page, recipe: string): Promise<void> {
  await page.getByTitle(/^Workspace /).waitFor()
  await goToPlace(page, `#/study?${new URLSearchParams({ open: recipe }).toString()}`)
  const start = page.getByRole('button', { name: /^Start the study/ })
  await start.waitFor()
  await expect.poll(() => start.isEnabled()).toBe(true)
  await start.click()
  await page.getByRole('button', { name: 'Open in Jobs' }).click()
  await waitForJobs(page)
}

/** Waits for the Jobs view, in which the connection never rests while a job runs. */
async function waitForJobs(page: Page): Promise<void> {
  await page.getByRole('heading', { name: 'Jobs', level: 1 }).waitFor()
}

/** Waits until so many trials of the running study are finished. */
async function waitForTrials(page: Page, count: number): Promise<void> {
  await expect
    .poll(async () => Number(await trialsBar(page).getAttribute('value')), {
      timeout: patience,
      interval: 30
    })
    .toBeGreaterThanOrEqual(count)
}

async function waitForEnd(page: Page, state: string): Promise<void> {
  await jobOf(page).getByText(state, { exact: true }).waitFor({ timeout: patience })
}

/** Opens the log of the job, and waits until it has such a line. Playwright's own waiting looks too seldom to be in time. */
async function waitForLog(page: Page, text: string): Promise<void> {
  const log = jobOf(page).getByRole('log')
  if ((await log.count()) === 0) await jobOf(page).getByRole('button', { name: /^Log/ }).click()
  await expect.poll(() => log.textContent(), { timeout: patience, interval: 20 }).toContain(text)
}

/** Kills every engine of the server. */
function killEngines({ server }: WorkbenchGround): void {
  const engines = childProcesses(server.pid).filter((pid) => commandLineOf(pid).endsWith('engine.js'))
  expect(engines).not.toEqual([])
  for (const pid of engines) process.kill(pid, 'SIGKILL')
}

const states = ({ study }: WorkbenchGround) =>
  readTrialRows(study.workspace).map(({ name, state }) => [name, state])

describeInBrowser('a running study', () => {
  describe('whose page is loaded again', () => {
    const ground = useWorkbench({ study: longStudy })

    it('goes on, and its progress comes back', async () => {
      const page = await ground().openPage()
      await startStudy(page, ground().study.recipe)
      await waitForTrials(page, 1)
      await page.reload()
      await waitForJobs(page)
      await waitForTrials(page, 1)
      expect(await trialsBar(page).getAttribute('max')).toBe(String(trialNames.length))
      await waitForEnd(page, 'Completed')
      expect(states(ground())).toEqual(trialNames.map((name) => [name, 'completed']))
    })
  })

  describe.skipIf(!hasProcessFiles)('whose engine is killed (needs /proc to find it)', () => {
    describe('once', () => {
      const ground = useWorkbench({ study: longStudy })

      it('tries the trial again, and ends with every trial completed', async () => {
        const page = await ground().openPage()
        await startStudy(page, ground().study.recipe)
        await waitForLog(page, 'int8: evaluate')
        killEngines(ground())
        await waitForLog(page, 'int8, second try: evaluate')
        await waitForEnd(page, 'Completed')
        expect(states(ground())).toEqual(trialNames.map((name) => [name, 'completed']))
      })
    })

    describe('twice in one trial', () => {
      const ground = useWorkbench({ study: longStudy })

      it('says so in the place of its numbers, and the study goes on to its end', async () => {
        const page = await ground().openPage()
        await startStudy(page, ground().study.recipe)
        await waitForLog(page, 'int8: evaluate')
        killEngines(ground())
        await waitForLog(page, 'int8, second try: evaluate')
        killEngines(ground())
        await waitForLog(page, 'weight-svd 50%: completed')
        expect(states(ground())).toEqual([
          ['baseline', 'completed'],
          ['int8', 'failed'],
          ['weight-svd 50%', 'completed']
        ])
        await waitForEnd(page, 'Completed, 1 failed')
        await jobOf(page).getByText('1 trial has no result').click()
        await jobOf(page).getByRole('definition').filter({ hasText: 'SIGKILL' }).waitFor()
        await jobOf(page).getByRole('button', { name: 'Open results' }).click()
        const row = page
          .getByRole('row')
          .filter({ has: page.getByRole('rowheader', { name: 'int8', exact: true }) })
        await row.getByText('SIGKILL').waitFor()
        await row.getByText('[crashed]').waitFor()
      })
    })
  })

  describe('whose host is killed', () => {
    const ground = useWorkbench({ study: longStudy })

    it('is found interrupted, and resumes without doing anything twice', async () => {
      const page = await ground().openPage({ expectedErrors: failedRequest })
      await startStudy(page, ground().study.recipe)
      await waitForTrials(page, 1)
      await ground().server.end('SIGKILL')
      const finished = readTrialRows(ground().study.workspace).filter(({ state }) => state === 'completed')
      expect(finished.length).toBeGreaterThan(0)
      await ground().restart()
      // The page is still open, and finds its way back by itself.
      await waitForEnd(page, 'Interrupted')
      await jobOf(page).getByRole('button', { name: 'Resume' }).click()
      await waitForEnd(page, 'Completed')
      const after = readTrialRows(ground().study.workspace)
      expect(after.map(({ name, state }) => [name, state])).toEqual(
        trialNames.map((name) => [name, 'completed'])
      )
      expect(after).toEqual(expect.arrayContaining(finished))
    })
  })
})

describeInBrowser('what cannot be opened', () => {
  const ground = useWorkbench({ withFinishedStudy: true })

  async function choose(page: Page, name: string): Promise<void> {
    await page
      .getByRole('dialog')
      .getByRole('option', { name: new RegExp(`^${name}`) })
      .dblclick()
  }

  it('is named with the reason in the Library, which stays as it is', async () => {
    writeFileSync(join(ground().study.folder, 'broken.onnx'), 'This is no model.')
    const page = await ground().openPage()
    const add = page.getByRole('button', { name: 'Add model or data set…' })
    await add.click()
    await choose(page, 'calibration\\.jsonl')
    await page.getByRole('button', { name: 'Add to the library' }).click()
    await expect.poll(() => page.getByRole('article').count()).toBe(1)

    await add.click()
    await choose(page, 'recipe\\.json')
    await page.getByRole('heading', { name: 'This is neither a model nor a data set' }).waitFor()
    const reasons = page.locator('main li')
    expect((await reasons.allTextContents()).join(' ')).toContain('recipe.json')
    await page.getByRole('button', { name: 'Choose something else…' }).click()
    await choose(page, 'broken\\.onnx')
    await page.getByRole('heading', { name: 'Lathe cannot open this model' }).waitFor()
    expect((await reasons.allTextContents()).join(' ')).toContain('broken.onnx')
    await page.getByRole('button', { name: 'Cancel' }).click()
    expect(await page.getByRole('article').count()).toBe(1)
  })

  it('is called no recipe by the Study view when it is none, and the draft that was there stays in hand', async () => {
    const page = await ground().openPage()
    await viewLink(page, 'Study').click()
    await page.getByRole('button', { name: 'New study' }).click()
    await page.getByLabel('Name', { exact: true }).fill('mine')
    await page.getByRole('button', { name: 'Open a recipe…' }).click()
    await page
      .getByRole('dialog')
      .getByRole('option', { name: /^model/ })
      .dblclick()
    await choose(page, 'vocab\\.json')
    const notice = page.getByRole('alert').filter({ hasText: 'This file is no study recipe' })
    expect(await notice.textContent()).toContain('begin a new study')
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('mine')
    expect(await page.getByRole('combobox', { name: 'Draft' }).locator('option').count()).toBe(1)
  })

  it('is shown with what is wrong in it by the Study view when it is a recipe, beside the draft that was there', async () => {
    const recipe = tinyRecipe()
    writeRecipe(join(ground().study.folder, 'slip.json'), { ...recipe, name: 7 })
    const page = await ground().openPage()
    await viewLink(page, 'Study').click()
    await page.getByRole('button', { name: 'New study' }).click()
    await page.getByLabel('Name', { exact: true }).fill('mine')
    await page.getByRole('button', { name: 'Open a recipe…' }).click()
    await choose(page, 'slip\\.json')
    await page.getByText('A text in quotes is needed here.').first().waitFor()
    expect(await page.getByRole('button', { name: /^Start the study/ }).isEnabled()).toBe(false)
    await page.getByRole('combobox', { name: 'Draft' }).selectOption({ label: 'mine' })
    await expect.poll(() => page.getByLabel('Name', { exact: true }).inputValue()).toBe('mine')
  })

  it('is refused by every tier when it is dropped as a recording, and another is heard afterwards', async () => {
    const page = await ground().openPage()
    await goToPlace(page, '#/compare?study=tiny+study')
    await page.getByText('Your own recording', { exact: true }).click()
    await page.getByRole('heading', { name: 'Let every tier hear your own recording' }).waitFor()
    await drop(page, { name: 'notes.txt', content: 'This is no recording.' })
    const rows = page.getByRole('row').filter({ has: page.getByRole('rowheader') })
    await rows.filter({ hasText: 'notes.txt' }).first().waitFor({ timeout: patience })
    await page.locator('input[type=file]').setInputFiles(join(ground().study.folder, 'evaluation/000.wav'))
    await page.getByRole('group', { name: 'Transcripts, word under word' }).waitFor({ timeout: patience })
  })

  it('does not make the page leave when it is dropped on a view that takes no files', async () => {
    const page = await ground().openPage()
    await page.getByTitle(/^Workspace /).waitFor()
    const address = page.url()
    expect(await drop(page, { name: 'notes.txt', content: '-' })).toBe(false)
    expect(page.url()).toBe(address)
  })

  it.each(['trade-off', 'ablation', 'compare', 'export'])(
    'is named by %s when the address asks for a study that is not there, and another can be chosen',
    async (view) => {
      const page = await ground().openPage()
      await page.getByTitle(/^Workspace /).waitFor()
      await goToPlace(page, `#/${view}?study=nowhere`)
      await page.getByRole('alert').filter({ hasText: 'nowhere' }).waitFor()
      await page.getByRole('button', { name: 'Other study' }).click()
      await page.getByRole('list', { name: 'Studies' }).getByRole('button', { name: studyName }).click()
      await page.getByText('7 of 7 trials').first().waitFor()
      await page.getByRole('alert').waitFor({ state: 'detached' })
    }
  )

  it('is named by Inspect when the address asks for a model that is not there', async () => {
    const page = await ground().openPage()
    await page.getByTitle(/^Workspace /).waitFor()
    const model = join(ground().study.folder, 'nowhere')
    await goToPlace(page, `#/inspect?${new URLSearchParams({ model }).toString()}`)
    await page.getByRole('alert').filter({ hasText: model }).waitFor()
    await page.getByRole('button', { name: 'Other model…' }).click()
    await page.getByRole('button', { name: 'Choose a model…' }).waitFor()
  })

  it('is answered by the Library when the address asks for a view that is not there', async () => {
    const page = await ground().openPage()
    await goToPlace(page, '#/nowhere')
    await waitForView(page, 'Library')
  })
})

/** Drops a file on the middle of the page. Returns whether the browser would have opened it in the page's place. */
function drop(page: Page, { name, content }: { name: string; content: string }): Promise<boolean> {
  const made = `new File([${JSON.stringify(content)}], ${JSON.stringify(name)})`
  return page.evaluate<boolean>(`(() => {
    const dataTransfer = new DataTransfer()
    dataTransfer.items.add(${made})
    const target = document.querySelector('main')
    const send = (type) =>
      target.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }))
    send('dragover')
    return send('drop')
  })()`)
}
