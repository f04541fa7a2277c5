/**
 * Files and folders of this computer, dropped on the page by Chromium's own drag and drop. A browser tells no page where
 * they lie: what can be taken by its bytes is taken, and of the rest the page says how it is opened.
 */
import { join, resolve } from 'node:path'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import {
  describeInBrowser,
  dropPath,
  goToPlace,
  useWorkbench,
  viewLink,
  waitForView,
  type WorkbenchGround
} from './workbench-page'

const sounds = resolve(import.meta.dirname, '../fixtures/speech')
/** An engine on a loaded machine. */
const patience = 90_000

const notice = (page: Page) => page.getByRole('alert')

describeInBrowser('what is dropped', () => {
  const ground = useWorkbench({ withFinishedStudy: true })

  async function openLibrary(opened: WorkbenchGround): Promise<Page> {
    const page = await opened.openPage()
    await page.getByTitle(/^Workspace /).waitFor()
    await waitForView(page, 'Library')
    return page
  }

  it.each([
    ['a folder', 'model', 'the folder “model”'],
    ['a model file', 'model/model.onnx', '“model.onnx”'],
    ['JSON that is no recipe', 'model/vocab.json', '“vocab.json”']
  ])('on the Library as %s is named, with the way to the chooser', async (_, path, name) => {
    const page = await openLibrary(ground())
    await dropPath(page, join(ground().study.folder, path))
    await notice(page).getByText(name).waitFor()
    await notice(page).getByRole('button', { name: 'Choose it…' }).click()
    await page.getByRole('dialog', { name: 'Choose a model or a data set' }).waitFor()
    expect(await notice(page).count()).toBe(0)
  })

  it('on another view leads to the chooser of the Library too', async () => {
    const page = await openLibrary(ground())
    await viewLink(page, 'Jobs').click()
    await page.getByRole('heading', { name: 'Jobs', level: 1 }).waitFor()
    await dropPath(page, ground().study.calibration)
    await notice(page).getByRole('button', { name: 'Choose it…' }).click()
    await page.getByRole('dialog', { name: 'Choose a model or a data set' }).waitFor()
    await waitForView(page, 'Library')
  })

  it('as a recipe is opened in the Study view', async () => {
    const page = await openLibrary(ground())
    await dropPath(page, ground().study.recipe)
    await waitForView(page, 'Study')
    await expect.poll(() => page.getByLabel('Name', { exact: true }).inputValue()).toBe('tiny study')
    // Its relative paths begin in the first folder that the page may open, which is where it lies.
    await page.getByText('Estimates, not measurements.').waitFor({ timeout: patience })
  })

  it('as a recording where no tiers are in sight leads to Compare', async () => {
    const page = await openLibrary(ground())
    await dropPath(page, join(sounds, 'mono-48.opus'))
    await notice(page).getByText('“mono-48.opus” is a recording').waitFor()
    await notice(page).getByRole('button', { name: 'Open Compare' }).click()
    await waitForView(page, 'Compare')
  })

  it.each(['mono-48.opus', 'mono-48.mp3', 'stereo-44.ogg', 'ramp-mono-24.flac'])(
    'as the recording %s on Compare is played, and heard by every tier',
    async (name) => {
      const page = await openLibrary(ground())
      await goToPlace(page, '#/compare?study=tiny+study')
      await page.getByText('Your own recording', { exact: true }).waitFor()
      await dropPath(page, join(sounds, name))
      const own = page.getByRole('region', { name: 'Let every tier hear your own recording' })
      await own.getByText(name, { exact: true }).waitFor()
      await own.getByRole('button', { name: 'Play', exact: true, disabled: false }).waitFor()
      const heard = own
        .getByRole('table')
        .filter({ has: page.getByRole('columnheader', { name: 'Loading' }) })
      const rows = heard.getByRole('row').filter({ has: page.getByRole('rowheader') })
      // A time in the row: the tier has answered.
      await expect
        .poll(async () => (await rows.allTextContents()).every((text) => / ms/.test(text)), {
          timeout: 30_000
        })
        .toBe(true)
      expect(await rows.count()).toBeGreaterThan(1)
      expect(await page.getByRole('alert').count()).toBe(0)
    }
  )
})
