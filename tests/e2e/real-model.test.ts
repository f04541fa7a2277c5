/** A pretrained model in the page: what the seeded one of the other tests cannot show, its size. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { describeInBrowser, goToPlace, realFolder, useWorkbench } from './workbench-page'

const model = join(realFolder, 'whisper-tiny-ctc')

/** Decomposing every matrix of the model on a loaded machine. */
const patience = 110_000

describeInBrowser('a real model', () => {
  const ground = useWorkbench()

  it.skipIf(!existsSync(model))(
    'opens in Inspect and has its spectra drawn (needs ../shared/real)',
    async () => {
      const page = await ground().openPage()
      await page.getByTitle(/^Workspace /).waitFor()
      await goToPlace(page, `#/inspect?${new URLSearchParams({ model }).toString()}`)
      const layers = page.getByRole('grid', { name: 'Linear layers' })
      await layers.getByRole('row', { name: /fc1/ }).first().click({ timeout: patience })
      const charts = page.getByRole('region', { name: 'Chosen layer' }).getByRole('img')
      await charts.first().waitFor({ timeout: patience })
      // The axes, and a line of many points.
      const lines = await charts.first().locator('svg path').all()
      const shapes = await Promise.all(lines.map((line) => line.getAttribute('d')))
      expect(Math.max(...shapes.map((shape) => shape?.length ?? 0))).toBeGreaterThan(500)
    }
  )
})
